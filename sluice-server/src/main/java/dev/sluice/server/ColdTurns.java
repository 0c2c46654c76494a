package dev.sluice.server;

import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Lets cold viewers have their turns on the storage threads, in the order in which they came. Few
 * have one at the same time: what else is to be done there never waits for all of them.
 *
 * <p>Thread safety: all methods. The lock is held over memory alone.
 */
final class ColdTurns {
  private static final int AT_ONCE = 4;

  /** Of all servers, as the storage threads are. */
  private static final ColdTurns TURNS = new ColdTurns();

  private final Queue<ColdTurn> waiting = new ArrayDeque<>();
  private int working;

  private ColdTurns() {}

  /** Has a turn run; never on the caller's thread. */
  static void add(ColdTurn turn) {
    if (TURNS.addIsOneToStart(turn)) {
      Journal.onStorageThread(TURNS::work);
    }
  }

  private synchronized boolean addIsOneToStart(ColdTurn turn) {
    waiting.add(turn);
    if (working == AT_ONCE) {
      return false;
    }
    working++;
    return true;
  }

  private void work() {
    var memory = new FrameBuffer();
    for (ColdTurn turn = next(null); turn != null; ) {
      boolean goesOn = turn.run(memory);
      turn = next(goesOn ? turn : null);
    }
  }

  private synchronized @Nullable ColdTurn next(@Nullable ColdTurn goesOn) {
    if (goesOn != null) {
      waiting.add(goesOn);
    }
    ColdTurn next = waiting.poll();
    if (next == null) {
      working--;
    }
    return next;
  }
}
