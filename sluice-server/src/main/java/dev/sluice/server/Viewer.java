package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.Encoding;
import dev.sluice.Headers;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One client that follows a journal: an offset.
 *
 * <p>Its state is numbers: where its frame begins and ends in the journal, and how much of that is
 * sent. It holds no bytes but those of a short notice (a gap, a heartbeat, the end). A frame that
 * is gone from the cache when the client takes more is encoded again.
 *
 * <pre>
 *            ┌─the journal has more──┐                    ┌─────────────────────┐
 *            ▼                       │                    ▼                     │
 *   ┌── sending ──nothing is left──▶ idle      not in memory: {@link ColdTurn} ──┤
 *   │     ▲  └──the bytes are not in memory─────────────▶ │ ▲                    │
 *   │     └─────────they are again────────────────────────┘ │writable            │
 *   └──the socket is full──▶ blocked ──writable──▶ sending ─┘
 * </pre>
 *
 * <p>Thread: its connection's loop.
 */
final class Viewer {
  private static final int BYTES_PER_TURN = 256 * 1024;
  private static final byte[] NOTHING = {};

  private final Follow follow;
  private final ViewerHost host;
  private final Outlet outlet;
  private final JournalViewers group;
  private final boolean chunked;
  private final ViewerTimes times;

  private int index;
  private long position;
  private long frameEnd = -1;
  private long frameAsked;
  private boolean frameLast;
  private int sent;
  private @Nullable ByteBuffer notice;
  private @Nullable CloseReason lastNotice;
  private Headers trailers = new Headers();
  private boolean blocked;
  private boolean retrying;
  private @Nullable ColdTurn cold;
  private long heldBackAt = -1;
  private boolean over;
  private long bytesSent;

  Viewer(Follow follow, ViewerHost host, JournalViewers group, long writeTimeoutNanos) {
    this.follow = follow;
    this.host = host;
    this.outlet = host.outlet();
    this.group = group;
    this.chunked = follow.framing() instanceof BodyFraming.Chunked;
    this.times = new ViewerTimes(writeTimeoutNanos, follow.encoding().lifetime());
    this.position = follow.from();
  }

  Follow follow() {
    return follow;
  }

  JournalViewers group() {
    return group;
  }

  long bytesSent() {
    ColdTurn turn = cold;
    return turn == null ? bytesSent : bytesSent + turn.bytesSent();
  }

  /** What stands behind the end of the body. */
  Headers trailers() {
    return trailers;
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
    if (cold != null) {
      cold.stop();
    }
  }

  /** Ends it before the end. */
  void cut(CloseReason reason) {
    host.onFollowEnded(this, reason);
  }

  private boolean isReady() {
    return !over && !blocked && cold == null;
  }

  /**
   * Writes what there is, up to a turn's share.
   *
   * @return whether there is more, and the client takes it
   */
  boolean advance(long now) {
    int budget = BYTES_PER_TURN;
    try {
      while (budget > 0 && isReady()) {
        ByteBuffer bytes = next();
        if (bytes == null) {
          return false;
        }
        int wanted = bytes.remaining();
        int written = outlet.write(bytes);
        budget -= written;
        bytesSent += written;
        noteProgress(written, now);
        if (written < wanted) {
          sent += written;
          block();
        } else {
          sentWhole();
        }
      }
    } catch (IOException e) {
      cut(CloseReason.CLIENT_GONE);
    } catch (RuntimeException e) {
      failed(e);
    }
    return isReady();
  }

  /** An encoding has failed: others are not to suffer from it. */
  private void failed(RuntimeException e) {
    ServerLog.warn("an encoding failed: " + encoding(), e);
    cut(CloseReason.HANDLER_FAILED);
  }

  private void noteProgress(long written, long now) {
    if (written > 0 || outlet.moved() || !retrying) { // what begins to wait now has not waited yet
      times.onProgress(now);
    }
  }

  /** What is to be sent now, or null. */
  private @Nullable ByteBuffer next() {
    if (notice != null) {
      return notice;
    }
    Journal journal = group.journal();
    while (!over) {
      long tail = journal.tail().position();
      Ending ending = journal.endsAt(tail) ? journal.ending() : null;
      if (position >= tail) {
        return ending == null ? idle(journal) : end(ending);
      }
      if (tail == heldBackAt && ending == null) {
        return idle(journal);
      }
      Frame frame = frame(tail, ending != null);
      if (frame == null) {
        goCold();
        return null;
      }
      if (frame.heldBack()) {
        return idle(journal);
      }
      if (frameEnd < 0) {
        sent = 0;
        frameAsked = frame.asked();
        frameLast = frame.last();
      }
      if (frame.size(chunked) > 0) {
        frameEnd = frame.to();
        return frame.rest(chunked, sent);
      }
      position = frame.to(); // nothing in it for this viewer
    }
    return null;
  }

  private @Nullable ByteBuffer idle(Journal journal) {
    if (journal.abandoned()) {
      cut(CloseReason.ABANDONED);
    } else if (times.isOld(System.nanoTime())) {
      return last(CloseReason.RENEWED, NOTHING, new Headers());
    }
    return null;
  }

  /** What it sends next; null if that is not in memory. */
  private @Nullable Frame frame(long tail, boolean last) {
    FrameCache frames = group.frames();
    boolean large = frameEnd - position > Encoding.FRAME_BYTES; // as only cold ones are
    boolean inMemory = position >= group.journal().memoryFrom() && !large;
    return frameEnd < 0
        ? frames.frame(encoding(), position, tail, last, inMemory)
        : frames.again(encoding(), position, frameEnd, frameAsked, frameLast, inMemory);
  }

  private void goCold() {
    var turn =
        new ColdTurn(
            follow,
            outlet,
            retrying,
            new ColdTurn.Place(position, frameEnd, frameAsked, frameLast, sent),
            ended -> group.onLoop(() -> onColdEnd(ended)));
    cold = turn;
    ColdTurns.add(turn);
  }

  private void onColdEnd(ColdTurn turn) {
    cold = null;
    if (over) {
      return;
    }
    bytesSent += turn.bytesSent();
    ColdTurn.Place place = turn.place();
    position = place.position();
    frameEnd = place.frameEnd();
    frameAsked = place.frameAsked();
    frameLast = place.frameLast();
    sent = place.sent();
    long now = System.nanoTime();
    retrying = turn.retrying();
    noteProgress(turn.bytesSent(), now);
    retrying = false;
    switch (turn.end()) {
      case ColdTurn.End.Blocked() -> block();
      case ColdTurn.End.Warm() -> goOn(now);
      case ColdTurn.End.HeldBack(long tail) -> {
        heldBackAt = tail;
        goOn(now);
      }
      case ColdTurn.End.Gap(ByteBuffer told) -> {
        notice = told;
        goOn(now);
      }
      case ColdTurn.End.Cut(CloseReason reason) -> cut(reason);
    }
  }

  private void goOn(long now) {
    if (advance(now)) {
      group.schedule();
    }
  }

  private @Nullable ByteBuffer end(Ending ending) {
    byte[] told = encoding().ending(group.journal(), ending);
    return last(CloseReason.COMPLETED, told, follow.trailers(ending));
  }

  private @Nullable ByteBuffer last(CloseReason reason, byte[] told, Headers fields) {
    lastNotice = reason;
    trailers = fields;
    notice = Frame.ofNotice(chunked, told, chunked ? Http1Encoder.lastChunk(fields) : NOTHING);
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
    if (lastNotice != null) {
      host.onFollowEnded(this, lastNotice);
    }
  }

  private void block() {
    blocked = true;
    outlet.whenWritable(this::unblock);
  }

  private void unblock() {
    blocked = false;
    retrying = true;
    boolean more = advance(System.nanoTime());
    retrying = false;
    if (more) {
      group.schedule();
    }
  }

  /** Called now and then: breaks a silence, and cuts a client that takes nothing. */
  void sweep(long now, long heartbeatNanos) {
    if (cold != null) {
      return; // it does not wait for the client
    }
    if (blocked && times.isStuck(now)) {
      cut(CloseReason.WRITE_TIMEOUT);
    } else if (blocked && times.isTimeToTry(now)) {
      unblock();
    } else if (!blocked && notice == null && frameEnd < 0) {
      boolean old = times.isOld(now);
      boolean beats = !old && times.isSilent(now, heartbeatNanos) && beat();
      if (old || beats) {
        advance(now);
      }
    }
  }

  /** Whether there is something that breaks the silence. */
  private boolean beat() {
    try {
      byte[] beat = encoding().heartbeat();
      if (beat.length > 0) {
        notice = Frame.ofNotice(chunked, beat, NOTHING);
      }
      return beat.length > 0;
    } catch (RuntimeException e) {
      failed(e);
      return false;
    }
  }

  private Encoding encoding() {
    return follow.encoding();
  }
}
