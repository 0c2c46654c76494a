package dev.sluice.spi;

import dev.sluice.CloseReason;
import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.StreamClosedException;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Semaphore;

/**
 * Follows a journal on the calling thread, which blocks until the journal is closed: for wires
 * whose loops cannot do it, and for tests.
 */
public final class BlockingFollow {
  private final Wire wire;
  private final Journal journal;
  private final Encoding encoding;
  private final Cancellation cancellation;
  private final FrameBuffer frame = new FrameBuffer();
  private long position;
  private long bytes;

  private BlockingFollow(
      Wire wire, Journal journal, Offset from, Encoding encoding, Cancellation cancellation) {
    this.cancellation = cancellation;
    this.wire = wire;
    this.journal = journal;
    this.encoding = encoding;
    this.position = from.position();
  }

  /** As {@link Wire#follow}, but returns when it has ended. */
  public static void run(
      Wire wire,
      Journal journal,
      Offset from,
      Encoding encoding,
      Cancellation cancellation,
      FollowEnd end)
      throws IOException {
    var follow = new BlockingFollow(wire, journal, from, encoding, cancellation);
    var woken = new Semaphore(0);
    Runnable unwatch = journal.watch(woken::release);
    cancellation.onSet(woken::release);
    CloseReason reason = CloseReason.HANDLER_FAILED;
    try {
      follow.run(woken);
      reason = CloseReason.COMPLETED;
    } catch (StreamClosedException e) {
      reason = e.reason();
      throw e;
    } catch (InterruptedIOException e) { // in a write that waited
      reason = cancellation.isSet() ? cancellation.reason() : CloseReason.INTERRUPTED;
      throw e;
    } catch (InterruptedException e) {
      reason = cancellation.isSet() ? cancellation.reason() : CloseReason.INTERRUPTED;
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while following " + journal.name());
    } finally {
      unwatch.run();
      end.ended(reason, follow.bytes);
    }
  }

  private void run(Semaphore woken) throws IOException, InterruptedException {
    while (true) {
      checkNotDeleted();
      long tail = journal.tail().position();
      Ending ending = journal.endsAt(tail) ? journal.ending() : null;
      sendUpTo(tail, ending != null);
      if (ending != null) {
        send(encoding.ending(journal, ending));
        wire.send(null, null, null, encoding.trailers(ending));
        return;
      }
      if (journal.abandoned()) {
        throw cut(CloseReason.ABANDONED, "journal " + journal.name() + " was abandoned");
      }
      woken.acquire();
      woken.drainPermits();
      StreamClosedException cause = cancellation.cause();
      if (cause != null) {
        throw cause;
      }
    }
  }

  private void sendUpTo(long tail, boolean last) throws IOException {
    long to = tail;
    while (position < tail) {
      checkNotDeleted();
      frame.clear();
      long next = encoding.encode(journal, position, to, last && to == tail, frame);
      if (next > position) {
        send(Arrays.copyOf(frame.array(), frame.size()));
        position = next;
        to = tail;
      } else if (next == position && to == tail) {
        return; // held back until more comes
      } else if (journal.readableFrom(position) > position) {
        skipTo(journal.readableFrom(position));
        to = tail;
      } else {
        to = ReadablePart.end(encoding, journal, position, to, frame);
        if (to == position) {
          throw cut(CloseReason.UNREADABLE, "cannot read journal " + journal.name());
        }
      }
    }
  }

  private void skipTo(long next) throws IOException {
    byte[] gap = encoding.gap(position, next);
    if (gap.length == 0) {
      throw position < journal.start().position()
          ? cut(CloseReason.FELL_BEHIND, "behind what journal " + journal.name() + " keeps")
          : cut(CloseReason.UNREADABLE, "journal " + journal.name() + " is damaged");
    }
    send(gap);
    position = next;
  }

  private void checkNotDeleted() throws StreamClosedException {
    if (journal.deleted()) {
      throw cut(CloseReason.DELETED, "journal " + journal.name() + " was deleted");
    }
  }

  private StreamClosedException cut(CloseReason reason, String why) {
    wire.abort(reason);
    return new StreamClosedException(reason, why, null);
  }

  private void send(byte[] data) throws IOException {
    for (int sent = 0; sent < data.length; ) {
      int part = Math.min(data.length - sent, Wire.BYTES_PER_SEND_MAX);
      wire.send(null, null, ByteBuffer.wrap(data, sent, part), null);
      sent += part;
    }
    bytes += data.length;
  }
}
