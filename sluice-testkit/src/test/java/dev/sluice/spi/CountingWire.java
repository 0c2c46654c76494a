package dev.sluice.spi;

import dev.sluice.CloseReason;
import dev.sluice.Connection;
import dev.sluice.Encoding;
import dev.sluice.Feature;
import dev.sluice.Headers;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A wire that keeps nothing of what is sent, counts, and can be made to fail as no wire should.
 *
 * <p>Thread safety: guarded by its monitor.
 */
final class CountingWire implements Wire {
  private int buffersTaken;
  private int sends;
  private int sendsAfterHijack;
  private boolean hijacked;
  private CloseReason aborted;
  private Error failure;

  /** Makes every later send, and every later taking of a buffer, throw this. */
  synchronized void failWith(Error error) {
    failure = error;
  }

  /** How many buffers are out. */
  synchronized int buffersTaken() {
    return buffersTaken;
  }

  synchronized int sends() {
    return sends;
  }

  synchronized int sendsAfterHijack() {
    return sendsAfterHijack;
  }

  /** Why it was aborted first, or null. */
  synchronized CloseReason aborted() {
    return aborted;
  }

  @Override
  public boolean supports(Feature feature) {
    return true;
  }

  @Override
  public synchronized ByteBuffer takeBuffer() {
    fail();
    buffersTaken++;
    return ByteBuffer.allocate(BUFFER_BYTES);
  }

  @Override
  public synchronized void giveBuffer(ByteBuffer buffer) {
    buffersTaken--;
  }

  @Override
  public void inform(int status, Headers headers) {}

  @Override
  public synchronized void send(Head head, ByteBuffer buffer, ByteBuffer more, Headers trailers) {
    if (buffer != null) {
      giveBuffer(buffer);
    }
    fail();
    sends++;
    if (hijacked) {
      sendsAfterHijack++;
    }
  }

  private void fail() {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void sync() {}

  @Override
  public void progressDeadline(Duration timeout) {}

  @Override
  public void follow(
      Journal journal, Offset from, Encoding encoding, Cancellation cancellation, FollowEnd end) {
    throw new UnsupportedOperationException();
  }

  @Override
  public synchronized Connection hijack() {
    hijacked = true;
    return null;
  }

  @Override
  public synchronized void abort(CloseReason reason) {
    if (aborted == null) {
      aborted = reason;
    }
  }
}
