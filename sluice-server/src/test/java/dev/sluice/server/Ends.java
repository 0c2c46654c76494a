package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.CloseReason;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How the responses of a test that follow a journal have ended. After the test each of them must
 * have been told so exactly once.
 *
 * <p>Thread safety: all methods.
 */
final class Ends implements AfterEachCallback {
  private final List<Queue<CloseReason>> follows = new CopyOnWriteArrayList<>();
  private final Queue<CloseReason> reasons = new ConcurrentLinkedQueue<>();

  /** What the next one is to tell. */
  Consumer<CloseReason> next() {
    Queue<CloseReason> told = new ConcurrentLinkedQueue<>();
    follows.add(told);
    return reason -> {
      told.add(reason);
      reasons.add(reason);
    };
  }

  /** The last one was refused, and will tell nothing. */
  void forgetLast() {
    follows.removeLast();
  }

  /** How many follow a journal now. */
  int open() {
    return follows.size() - reasons.size();
  }

  /** Waits for so many to follow a journal. */
  void awaitOpen(int count) throws InterruptedException {
    Await.until(count + " follow a journal", () -> open() == count);
  }

  /** The ends so far, in their order. */
  List<CloseReason> soFar() {
    return List.copyOf(reasons);
  }

  /** Waits until these ends have been told, and no others. */
  void await(CloseReason... expected) throws InterruptedException {
    Await.until(
        "ends are told: " + List.of(expected) + " of " + reasons,
        () -> reasons.size() >= expected.length);
    assertEquals(List.of(expected), soFar());
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    Await.until("every follow has ended", () -> open() <= 0);
    for (Queue<CloseReason> told : follows) {
      assertEquals(1, told.size(), () -> "ends of one follow: " + told);
    }
  }
}
