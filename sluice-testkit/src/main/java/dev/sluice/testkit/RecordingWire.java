package dev.sluice.testkit;

import dev.sluice.CloseReason;
import dev.sluice.Connection;
import dev.sluice.Encoding;
import dev.sluice.Feature;
import dev.sluice.Headers;
import dev.sluice.StreamClosedException;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import dev.sluice.spi.BlockingFollow;
import dev.sluice.spi.Cancellation;
import dev.sluice.spi.FollowEnd;
import dev.sluice.spi.Head;
import dev.sluice.spi.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A wire that keeps what is sent, and can be as slow as a client that does not read.
 *
 * <p>Thread safety: guarded by its monitor, which is notified at every change.
 */
final class RecordingWire implements Wire {
  private static final int BUFFER_BYTES = 8 * 1024;

  /** Room for framing, so that a body that does not begin at 0 is the rule. */
  private static final int MARGIN_BYTES = 16;

  private final Set<Feature> features;
  private final TestConnection connection = new TestConnection();
  private final Set<ByteBuffer> taken = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<InterimResponse> interim = new ArrayList<>();
  private final List<byte[]> sends = new ArrayList<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private @Nullable Head head;
  private @Nullable Headers trailers;
  private @Nullable CloseReason aborted;
  private boolean held;
  private boolean waiting;
  private Duration progressDeadline = Duration.ofSeconds(30);

  RecordingWire(Set<Feature> features) {
    this.features = features;
  }

  @Override
  public boolean supports(Feature feature) {
    return features.contains(feature);
  }

  @Override
  public synchronized ByteBuffer takeBuffer() {
    ByteBuffer buffer = ByteBuffer.allocate(MARGIN_BYTES + BUFFER_BYTES + MARGIN_BYTES);
    buffer.position(MARGIN_BYTES).limit(MARGIN_BYTES + BUFFER_BYTES);
    taken.add(buffer);
    return buffer;
  }

  @Override
  public synchronized void giveBuffer(ByteBuffer buffer) {
    if (!taken.remove(buffer)) {
      throw new AssertionError("a buffer was given back that had not been taken, or twice");
    }
  }

  @Override
  public synchronized void inform(int status, Headers headers) {
    interim.add(new InterimResponse(status, headers));
    notifyAll();
  }

  @Override
  public synchronized void send(
      @Nullable Head newHead,
      @Nullable ByteBuffer buffer,
      @Nullable ByteBuffer more,
      @Nullable Headers newTrailers)
      throws IOException {
    if (buffer != null) {
      giveBuffer(buffer);
    }
    checkOrder(newHead, more);
    awaitRelease();
    if (newHead != null) {
      head = newHead;
    }
    var sent = new ByteArrayOutputStream();
    if (buffer != null) {
      ByteBuffer filled = buffer.flip().position(MARGIN_BYTES);
      sent.writeBytes(bytesOf(filled));
    }
    if (more != null) {
      sent.writeBytes(bytesOf(more));
    }
    if (sent.size() > 0) {
      sends.add(sent.toByteArray());
      body.writeBytes(sent.toByteArray());
    }
    trailers = newTrailers;
    notifyAll();
  }

  private static byte[] bytesOf(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private void checkOrder(@Nullable Head newHead, @Nullable ByteBuffer more) {
    if ((head == null) == (newHead == null)) {
      throw new AssertionError(newHead == null ? "a body before its head" : "a second head");
    }
    if (trailers != null || aborted == CloseReason.HIJACKED) {
      throw new AssertionError("sent after the end");
    }
    if (more != null && more.remaining() > BYTES_PER_SEND_MAX) {
      throw new AssertionError(more.remaining() + " bytes in one send");
    }
  }

  private void awaitRelease() throws IOException {
    long deadlineNanos = System.nanoTime() + progressDeadline.toNanos();
    waiting = held;
    try {
      while (held && aborted == null) {
        long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
          throw new StreamClosedException(
              CloseReason.WRITE_TIMEOUT, "no byte was taken for " + progressDeadline, null);
        }
        wait(leftMillis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the client was slow");
    } finally {
      waiting = false;
    }
    if (aborted != null) {
      throw new StreamClosedException(aborted, "the stream was cut: " + aborted, null);
    }
  }

  @Override
  public synchronized void sync() throws IOException {
    awaitRelease();
  }

  @Override
  public synchronized void progressDeadline(Duration timeout) {
    progressDeadline = timeout;
  }

  @Override
  public void follow(
      Journal journal, Offset from, Encoding encoding, Cancellation cancellation, FollowEnd end)
      throws IOException {
    BlockingFollow.run(this, journal, from, encoding, cancellation, end);
  }

  @Override
  public synchronized Connection hijack() {
    aborted = CloseReason.HIJACKED;
    return connection;
  }

  @Override
  public synchronized void abort(CloseReason reason) {
    if (aborted == null) {
      aborted = reason;
    }
    notifyAll();
  }

  /**
   * Waits for a condition on what was sent.
   *
   * @param over whether it can come no more
   * @return whether it came
   */
  synchronized boolean await(BooleanSupplier condition, BooleanSupplier over, Duration timeout)
      throws InterruptedException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    while (!condition.getAsBoolean()) {
      if (over.getAsBoolean() || System.nanoTime() > deadlineNanos) {
        return condition.getAsBoolean();
      }
      // The end of the handler notifies nobody.
      wait(20);
    }
    return true;
  }

  synchronized void hold(boolean hold) {
    held = hold;
    notifyAll();
  }

  synchronized boolean waiting() {
    return waiting;
  }

  synchronized @Nullable Head head() {
    return head;
  }

  synchronized byte[] body() {
    return body.toByteArray();
  }

  synchronized List<byte[]> sends() {
    return List.copyOf(sends);
  }

  synchronized List<InterimResponse> interim() {
    return List.copyOf(interim);
  }

  /** The trailers, once the end was sent; null before that. */
  synchronized @Nullable Headers trailers() {
    return trailers;
  }

  synchronized int buffersTaken() {
    return taken.size();
  }

  TestConnection connection() {
    return connection;
  }
}
