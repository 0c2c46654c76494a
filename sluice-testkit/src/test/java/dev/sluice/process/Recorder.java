package dev.sluice.process;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A sink that keeps everything. */
final class Recorder implements OutputSink {
  /** What came with one call. */
  record Arrival(Output.Kind kind, Instant time, ByteBuffer bytes) {}

  private final List<Arrival> arrivals = new ArrayList<>();

  @Override
  public synchronized void accept(Output output) {
    arrivals.add(new Arrival(output.kind(), output.time(), ByteBuffer.wrap(output.toByteArray())));
    notifyAll();
  }

  synchronized List<Arrival> arrivals() {
    return List.copyOf(arrivals);
  }

  synchronized byte[] bytes(Output.Kind kind) {
    var all = new ByteArrayOutputStream();
    arrivals.stream().filter(a -> a.kind() == kind).forEach(a -> all.writeBytes(a.bytes().array()));
    return all.toByteArray();
  }

  String out() {
    return new String(bytes(Output.Kind.STDOUT), StandardCharsets.UTF_8);
  }

  String err() {
    return new String(bytes(Output.Kind.STDERR), StandardCharsets.UTF_8);
  }

  /** Both, each arrival with its kind: {@code STDOUT a|STDERR b}. */
  synchronized String inOrder() {
    return arrivals.stream()
        .map(a -> a.kind() + " " + new String(a.bytes().array(), StandardCharsets.UTF_8).strip())
        .collect(Collectors.joining("|"));
  }

  synchronized void awaitOut(String text) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + Processes.PATIENCE.toNanos();
    while (!out().contains(text)) {
      if (System.nanoTime() > deadlineNanos) {
        throw new AssertionError("\"" + text + "\" did not come; but \"" + inOrder() + "\"");
      }
      wait(100);
    }
  }
}
