package dev.sluice.cli;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The clients of {@code conformance/resuming}, and how far they are: the npm client of the protocol
 * and EventSources, of Node and of Chromium, several on each journal.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class ResumingClients implements AutoCloseable {
  /** The journals, which must be there before the clients are. */
  static final List<String> KINDS = List.of("json", "text", "cut", "binary");

  private static final int PATIENCE_SECONDS = 180;

  private final NodeProgram program;
  private final Map<String, Integer> seen = new HashMap<>();
  private final Map<String, Integer> closed = new HashMap<>();
  private final List<String> others = new ArrayList<>();
  private boolean ready;
  private boolean ended;

  private ResumingClients(NodeProgram program) {
    this.program = program;
    Thread.ofVirtual().start(this::readAll);
  }

  /** Starts them all. */
  static ResumingClients start(URI server) throws IOException, InterruptedException {
    return new ResumingClients(NodeProgram.start(Map.of(), "resuming/main.mjs", server.toString()));
  }

  private void readAll() {
    String last = "it has ended";
    try {
      for (String line = program.readLine(); line != null; line = program.readLine()) {
        onLine(line);
      }
    } catch (IOException e) {
      last = e.toString();
    }
    synchronized (this) {
      others.add(last);
      ended = true;
      notifyAll();
    }
  }

  private synchronized void onLine(String line) {
    String[] words = line.split(" ", -1);
    switch (words[0]) {
      case "seen" -> seen.put(words[1], Integer.valueOf(words[2]));
      case "closed" -> closed.put(words[1], Integer.valueOf(words[2]));
      case "ready" -> ready = true;
      default -> others.add(line);
    }
    notifyAll();
  }

  /** Waits until each client has seen at least so many records of its journal. */
  void awaitSeen(Map<String, Integer> records) throws InterruptedException {
    await(seen, records);
  }

  /**
   * Waits until each client was told that its journal is closed; returns how many records it had.
   */
  Map<String, Integer> awaitClosed(Map<String, Integer> records) throws InterruptedException {
    await(closed, records);
    return Map.copyOf(closed);
  }

  private synchronized void await(Map<String, Integer> counts, Map<String, Integer> records)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!ready || !late(counts, records).isEmpty()) {
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (ended || leftMillis <= 0) {
        throw new AssertionError(
            "clients: %s; of %s were seen %s, closed %s; waiting for %s"
                .formatted(others, records, seen, closed, late(counts, records)));
      }
      wait(leftMillis);
    }
  }

  /** The clients that have less than that of their journals. */
  private List<String> late(Map<String, Integer> counts, Map<String, Integer> records) {
    return seen.keySet().stream()
        .filter(name -> counts.getOrDefault(name, -1) < records.get(journal(name)))
        .toList();
  }

  /** The journal that a client follows. */
  static String journal(String client) {
    return client.substring(0, client.indexOf('/'));
  }

  @Override
  public void close() {
    program.close();
  }
}
