package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a viewer sends while its bytes are not in memory: from files, on a storage thread, until the
 * socket takes no more or the rest is in memory.
 *
 * <p>It begins with the numbers of a viewer, and has the next ones when it has ended. Meanwhile it
 * is the one that writes to the socket; the viewer waits for it, unless it is over.
 *
 * <p>Thread: a storage thread, also another one after each share; any thread may call {@link #stop}
 * and {@link #bytesSent}.
 */
final class ColdTurn {
  /** After that many bytes others have a turn. */
  private static final long BYTES_PER_SHARE = 4 * 1024 * 1024;

  private static final long LITERAL_FRAME_BYTES = 1024 * 1024;

  /** How a turn ends. */
  sealed interface End {
    /** The socket takes no more for now. */
    record Blocked() implements End {}

    /** What comes next is in memory, or is yet to come. */
    record Warm() implements End {}

    /** What comes next is not told until the journal goes beyond a position. */
    record HeldBack(long tail) implements End {}

    /** What comes next cannot be read, and the client is to be told so before what is behind it. */
    record Gap(ByteBuffer notice) implements End {}

    /** What is left of a frame, or anything else, cannot be sent. */
    record Cut(CloseReason reason) implements End {}
  }

  /**
   * Where a viewer is.
   *
   * @param position where the frame begins
   * @param frameEnd where it ends; negative if none was begun
   * @param frameAsked how far it might have gone
   * @param frameLast whether the journal was known to end there
   * @param sent how many of its bytes are sent
   */
  record Place(long position, long frameEnd, long frameAsked, boolean frameLast, int sent) {}

  private static final End BLOCKED = new End.Blocked();
  private static final End WARM = new End.Warm();

  private final Journal journal;
  private final Encoding encoding;
  private final boolean chunked;
  private final Outlet outlet;
  private final boolean retrying;
  private final Consumer<ColdTurn> onEnd;

  private long position;
  private long frameEnd;
  private long frameAsked;
  private boolean frameLast;
  private int sent;
  private boolean tried;
  private End end = BLOCKED;
  private volatile long bytesSent;
  private volatile boolean stopped;

  /**
   * A turn.
   *
   * @param retrying whether the socket took nothing before
   * @param place where the viewer is
   * @param onEnd told on a storage thread when it has ended
   */
  ColdTurn(Follow follow, Outlet outlet, boolean retrying, Place place, Consumer<ColdTurn> onEnd) {
    this.chunked = follow.framing() instanceof BodyFraming.Chunked;
    this.journal = follow.journal();
    this.encoding = follow.encoding();
    this.outlet = outlet;
    this.retrying = retrying;
    this.position = place.position();
    this.sent = place.sent();
    this.frameEnd = sent == 0 ? -1 : place.frameEnd(); // nothing of it is sent: it may be another
    this.frameAsked = place.frameAsked();
    this.frameLast = place.frameLast();
    this.tried = this.frameEnd >= 0; // the frame that is to go on is the try
    this.onEnd = onEnd;
  }

  /** Ends it soon. */
  void stop() {
    stopped = true;
  }

  /** How many bytes the socket has taken in it. */
  long bytesSent() {
    return bytesSent;
  }

  private void bytesSent(long count) {
    bytesSent = count;
  }

  // What it has come to, once it has ended.

  End end() {
    return end;
  }

  boolean retrying() {
    return retrying;
  }

  Place place() {
    return new Place(position, frameEnd, frameAsked, frameLast, sent);
  }

  /**
   * Sends a share.
   *
   * @return whether there is more, and the socket takes it
   */
  boolean run(FrameBuffer memory) {
    try {
      End now = send(memory);
      if (now == null && !stopped) {
        return true;
      }
      end = now == null ? BLOCKED : now;
    } catch (IOException e) { // the reason is enough: most are clients that went
      end = new End.Cut(ofWhatFailed());
    } catch (RuntimeException | Error e) { // of an encoding: others are not to suffer from it
      ServerLog.warn("an encoding failed: " + encoding, e);
      end = new End.Cut(CloseReason.HANDLER_FAILED);
    }
    onEnd.accept(this);
    return false;
  }

  /** It may be the file that failed, and not the client. */
  private CloseReason ofWhatFailed() {
    return frameEnd > position && !stopped && !isReadable()
        ? whyUnreadable()
        : CloseReason.CLIENT_GONE;
  }

  /** Null if the share is used up, or it was stopped. */
  private @Nullable End send(FrameBuffer memory) throws IOException {
    var frame = new ColdFrame(journal, chunked, memory);
    long share = position + BYTES_PER_SHARE;
    while (!stopped && position < share) {
      if (frameEnd < 0 && isWarm()) {
        return WARM;
      }
      End failed = frameEnd < 0 ? begin(frame) : again(frame);
      if (failed == null) {
        failed = send(frame);
      }
      if (failed != null) {
        return failed;
      }
    }
    return null;
  }

  /** Not before it was tried: something made the viewer come here. */
  private boolean isWarm() {
    boolean warm = tried && position >= journal.memoryFrom();
    tried = true;
    return warm || position >= journal.tail().position();
  }

  private @Nullable End begin(ColdFrame frame) {
    sent = 0;
    long tail = journal.tail().position();
    long fileEnd = encoding.literal() ? Math.min(tail, journal.fileEnd(position)) : position;
    if (fileEnd > position) {
      frameEnd = Math.min(fileEnd, position + LITERAL_FRAME_BYTES);
      frameAsked = frameEnd;
      frame.literal(position, frameEnd);
      return null;
    }
    frameAsked = tail;
    frameLast = journal.endsAt(tail);
    frameEnd = frame.encode(encoding, position, tail, frameLast);
    if (frameEnd > position) {
      return null;
    }
    if (frameEnd == position) {
      frameEnd = -1;
      return new End.HeldBack(tail);
    }
    return beginReadable(frame, tail);
  }

  /** Begins with what comes before bytes that cannot be read. */
  private @Nullable End beginReadable(ColdFrame frame, long tail) {
    long next = journal.readableFrom(position);
    if (next > position) {
      frameEnd = -1;
      return gap(next);
    }
    frameAsked = frame.readableEnd(encoding, position, tail);
    frameLast = false;
    frameEnd = frameAsked == position ? -1 : frame.encode(encoding, position, frameAsked, false);
    return frameEnd > position ? null : new End.Cut(whyUnreadable());
  }

  private End gap(long next) {
    byte[] told = encoding.gap(position, next);
    if (told.length == 0) {
      return new End.Cut(whyUnreadable());
    }
    position = next;
    return new End.Gap(Frame.ofNotice(chunked, told, new byte[0]));
  }

  /** Makes the very frame that was sent in part. */
  private @Nullable End again(ColdFrame frame) {
    if (encoding.literal()) {
      frame.literal(position, frameEnd);
      return null;
    }
    boolean same = frame.encode(encoding, position, frameAsked, frameLast) == frameEnd;
    return same ? null : new End.Cut(whyUnreadable());
  }

  private @Nullable End send(ColdFrame frame) throws IOException {
    while (sent < frame.size()) {
      long taken = frame.write(outlet, sent);
      if (taken < 0) {
        return new End.Cut(whyUnreadable());
      }
      sent += (int) taken;
      bytesSent(bytesSent + taken);
      if (frame.socketFull()) {
        return isStuck() ? new End.Cut(whyUnreadable()) : BLOCKED;
      }
    }
    position = frameEnd;
    frameEnd = -1;
    return null;
  }

  /** A file that is shorter than it should be looks like a socket that is full. */
  private boolean isStuck() {
    return retrying && bytesSent == 0 && !isReadable();
  }

  private boolean isReadable() {
    return journal.read(position, frameEnd, (kind, micros, after, bytes, offset, length) -> {});
  }

  private CloseReason whyUnreadable() {
    return position < journal.start().position() ? CloseReason.FELL_BEHIND : CloseReason.UNREADABLE;
  }
}
