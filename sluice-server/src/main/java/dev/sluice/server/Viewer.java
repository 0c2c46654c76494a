package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.Encoding;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One client that follows a journal: an offset.
 *
 * <p>Its state is numbers: where its frame begins and ends in the journal, and how much of that is
 * sent. It holds no bytes but those of a short notice (a gap, a heartbeat, the end). A frame that
 * is gone from the cache when the client takes more is encoded again.
 *
 * <p>Thread: its connection's loop.
 */
final class Viewer {
  private static final int BYTES_PER_TURN = 256 * 1024;
  private static final byte[] CRLF = {'\r', '\n'};

  private final Follow follow;
  private final Http1Connection connection;
  private final DirectChannel channel;
  private final JournalViewers group;
  private final boolean chunked;
  private final long writeTimeoutNanos;

  private int index;
  private long position;
  private long frameEnd = -1;
  private int sent;
  private @Nullable ByteBuffer notice;
  private boolean lastNotice;
  private boolean blocked;
  private boolean retrying;
  private boolean over;
  private long bytesSent;
  private long progress;

  Viewer(
      Follow follow,
      Http1Connection connection,
      DirectChannel channel,
      JournalViewers group,
      long writeTimeoutNanos) {
    this.follow = follow;
    this.connection = connection;
    this.channel = channel;
    this.group = group;
    this.chunked = follow.framing() instanceof BodyFraming.Chunked;
    this.writeTimeoutNanos = writeTimeoutNanos;
    this.position = follow.from();
    this.progress = System.nanoTime();
  }

  Follow follow() {
    return follow;
  }

  JournalViewers group() {
    return group;
  }

  long bytesSent() {
    return bytesSent;
  }

  /** Its place in its group's list. */
  int index() {
    return index;
  }

  void index(int place) {
    index = place;
  }

  /** It gets no more, for one reason or another. */
  void over() {
    over = true;
    group.remove(this);
  }

  /**
   * Writes what there is, up to a turn's share.
   *
   * @return whether there is more, and the client takes it
   */
  boolean advance(long now) {
    int budget = BYTES_PER_TURN;
    try {
      while (!over && !blocked && budget > 0) {
        ByteBuffer bytes = next();
        if (bytes == null) {
          return false;
        }
        int wanted = bytes.remaining();
        int written = channel.socket().write(bytes);
        budget -= written;
        bytesSent += written;
        if (written > 0 || !retrying) { // what begins to wait now has not waited yet
          progress = now;
        }
        if (written < wanted) {
          sent += written;
          block();
        } else {
          sentWhole();
        }
      }
    } catch (IOException e) {
      connection.onFollowEnded(this, CloseReason.CLIENT_GONE);
    } catch (RuntimeException e) { // of an encoding: others are not to suffer from it
      ServerLog.warn("an encoding failed: " + encoding(), e);
      connection.onFollowEnded(this, CloseReason.HANDLER_FAILED);
    }
    return !over && !blocked;
  }

  /** What is to be sent now, or null. */
  private @Nullable ByteBuffer next() {
    if (notice != null) {
      return notice;
    }
    if (frameEnd >= 0) {
      return rest(group.frames().again(encoding(), position, frameEnd));
    }
    Journal journal = group.journal();
    while (!over) {
      Ending ending = journal.ending(); // before the tail, which is final after it
      long tail = journal.tail().position();
      if (position >= tail) {
        return ending == null ? null : end(ending);
      }
      Frame frame = group.frames().frame(encoding(), position, tail);
      if (frame == null) {
        return gap(journal.start().position());
      }
      if (frame.size(chunked) > 0) {
        frameEnd = frame.to();
        sent = 0;
        return rest(frame);
      }
      position = frame.to(); // nothing in it for this viewer
    }
    return null;
  }

  private @Nullable ByteBuffer rest(@Nullable Frame frame) {
    if (frame == null) { // dropped while a part of it was sent
      connection.onFollowEnded(this, CloseReason.FELL_BEHIND);
      return null;
    }
    return frame.rest(chunked, sent);
  }

  private @Nullable ByteBuffer gap(long start) {
    byte[] told = encoding().gap(position, start);
    if (told.length == 0) {
      connection.onFollowEnded(this, CloseReason.FELL_BEHIND);
      return null;
    }
    position = start;
    notice = frameOf(told, new byte[0]);
    return notice;
  }

  private @Nullable ByteBuffer end(Ending ending) {
    byte[] told = encoding().ending(group.journal(), ending);
    byte[] last = chunked ? Http1Encoder.lastChunk(follow.trailers(ending)) : new byte[0];
    lastNotice = true;
    notice = frameOf(told, last);
    if (!notice.hasRemaining()) {
      sentWhole();
      return null;
    }
    return notice;
  }

  private void sentWhole() {
    if (notice == null) {
      position = frameEnd;
      frameEnd = -1;
      return;
    }
    notice = null;
    if (lastNotice) {
      connection.onFollowEnded(this, CloseReason.COMPLETED);
    }
  }

  private void block() {
    blocked = true;
    channel.whenWritable(this::unblock);
  }

  private void unblock() {
    blocked = false;
    retrying = true;
    boolean more = !over && advance(System.nanoTime());
    retrying = false;
    if (more) {
      group.schedule();
    }
  }

  /** Called now and then: breaks a silence, and cuts a client that takes nothing. */
  void sweep(long now, long heartbeatNanos) {
    long still = now - progress;
    if (blocked && still > writeTimeoutNanos) {
      connection.onFollowEnded(this, CloseReason.WRITE_TIMEOUT);
    } else if (blocked && still > writeTimeoutNanos / 8) {
      unblock(); // the kernel may have room long before it says so
    } else if (!blocked && notice == null && frameEnd < 0 && still > heartbeatNanos) {
      byte[] beat = encoding().heartbeat();
      if (beat.length > 0) {
        notice = frameOf(beat, new byte[0]);
        advance(now);
      }
    }
  }

  private Encoding encoding() {
    return follow.encoding();
  }

  private ByteBuffer frameOf(byte[] data, byte[] last) {
    ByteBuffer bytes = ByteBuffer.allocate(12 + data.length + CRLF.length + last.length);
    if (data.length > 0 && chunked) {
      bytes.put((Integer.toHexString(data.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
    bytes.put(data);
    if (data.length > 0 && chunked) {
      bytes.put(CRLF);
    }
    return bytes.put(last).flip();
  }
}
