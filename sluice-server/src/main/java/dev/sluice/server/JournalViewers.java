package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.journal.Journal;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The viewers of one journal on one event loop.
 *
 * <p>An append wakes the loop at most once, however many viewers and appends there are; the loop
 * then writes to each viewer all that there is, round robin. Viewers at the same place share a
 * frame: it is encoded once.
 *
 * <p>Thread: the loop's, but {@link #wake}, which the journal's writer calls, and what says
 * otherwise.
 */
final class JournalViewers {
  private final Journal journal;
  private final EventLoop loop;
  private final List<Viewer> viewers = new ArrayList<>();
  private final FrameCache frames;
  private final AtomicBoolean armed = new AtomicBoolean();
  private final Runnable turn = this::turn;
  private final Runnable unwatch;

  JournalViewers(Journal journal, EventLoop loop) {
    this.journal = journal;
    this.loop = loop;
    this.frames = new FrameCache(journal);
    this.unwatch = journal.watch(this::wake);
  }

  Journal journal() {
    return journal;
  }

  boolean isEmpty() {
    return viewers.isEmpty();
  }

  /** Takes a viewer, and begins to write to it. */
  void add(Viewer viewer) {
    viewer.index(viewers.size());
    viewers.add(viewer);
    schedule();
  }

  /** Lets go of a viewer; the last one takes its place. */
  void remove(Viewer viewer) {
    int index = viewer.index();
    if (index < viewers.size() && viewers.get(index).equals(viewer)) {
      Viewer last = viewers.removeLast();
      if (!last.equals(viewer)) {
        viewers.set(index, last);
        last.index(index);
      }
    }
  }

  /** Ends the watch on the journal. */
  void close() {
    unwatch.run();
  }

  FrameCache frames() {
    return frames;
  }

  private void wake() {
    if (armed.compareAndSet(true, false)) {
      schedule();
    }
  }

  void schedule() {
    onLoop(turn);
  }

  /** Runs a task on the loop. Any thread. */
  void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The loop has ended, and with it the viewers; the caller is not to suffer from it.
    }
  }

  /** Arms first, and then looks at the tail: an append in between wakes the loop once more. */
  private void turn() {
    armed.set(true);
    if (journal.deleted()) {
      cutAll();
      return;
    }
    long now = System.nanoTime();
    boolean more = false;
    for (int i = viewers.size() - 1; i >= 0; i--) {
      if (i < viewers.size()) { // one that ended has left
        more |= viewers.get(i).advance(now);
      }
    }
    if (more) {
      schedule();
    }
  }

  private void cutAll() {
    for (Viewer viewer : viewers.toArray(new Viewer[0])) {
      viewer.cut(CloseReason.DELETED);
    }
  }
}
