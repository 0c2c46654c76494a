package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.Connection;
import dev.sluice.Encoding;
import dev.sluice.Feature;
import dev.sluice.Headers;
import dev.sluice.HttpVersion;
import dev.sluice.StreamClosedException;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import dev.sluice.spi.Cancellation;
import dev.sluice.spi.FollowEnd;
import dev.sluice.spi.Head;
import dev.sluice.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One response on a cleartext HTTP/1 connection: what is sent leaves in one write on the caller's
 * thread.
 *
 * <p>It owns the connection's write side from the dispatch of the request until its end, abort or
 * hijack.
 *
 * <p>Thread safety: as {@link Wire} says; besides, {@link #sendContinue} comes from the thread that
 * reads the request body, and takes turns with the others by a lock.
 */
final class Http1Wire implements Wire {
  private static final ByteBuffer CRLF = direct("\r\n");
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final ByteBuffer LAST_CHUNK = direct("0\r\n\r\n");
  private static final Headers NO_FIELDS = new Headers().fix("shared");

  private final Mailbox connection;
  private final SocketWriter writer;
  private final BufferPool pool;
  private final HttpVersion version;
  private final FairYield fairYield;
  private final ByteBuffer[] parts = new ByteBuffer[4];

  /** Held while bytes are written, if the client waits for a 100; null if not. */
  private final @Nullable ReentrantLock continueLock;

  private volatile BodyFraming framing = new BodyFraming.None();
  private volatile boolean headSent;
  private boolean continueSent;
  private volatile boolean persistent;
  private volatile boolean over;
  private volatile boolean ended;

  /**
   * Makes the way of one response.
   *
   * @param persistent whether the request lets the connection be used again
   * @param expectsContinue whether the client waits for a 100 before it sends the body
   */
  Http1Wire(Mailbox connection, HttpVersion version, boolean persistent, boolean expectsContinue) {
    this.connection = connection;
    this.writer = connection.writer();
    this.pool = connection.bufferPool();
    this.version = version;
    this.fairYield = new FairYield(connection.loops(), connection::othersWait);
    this.persistent = persistent;
    this.continueLock = expectsContinue ? new ReentrantLock() : null;
    writer.progressDeadline(connection.options().timeouts().write());
  }

  /** Whether the end of a body may be that of the connection alone. Any thread. */
  boolean endsWithConnection() {
    return version == HttpVersion.HTTP_1_0;
  }

  /** Whether the connection may be used again; settled when the response has ended. */
  boolean persistent() {
    return ended && persistent;
  }

  @Override
  public boolean supports(Feature feature) {
    return switch (feature) {
      case FLUSH, FOLLOW, HIJACK -> true;
      case TRAILERS, INTERIM -> version != HttpVersion.HTTP_1_0;
    };
  }

  @Override
  public ByteBuffer takeBuffer() {
    return pool.take();
  }

  @Override
  public void giveBuffer(ByteBuffer buffer) {
    pool.give(buffer);
  }

  @Override
  public void inform(int status, Headers headers) throws IOException {
    lock();
    try {
      parts[0] = ByteBuffer.wrap(Http1Encoder.head(status, headers));
      writer.write(parts, 1);
    } finally {
      unlock();
    }
  }

  /** Asks the client for the body it holds back, unless an answer is on its way already. */
  void sendContinue() throws IOException {
    lock();
    try {
      if (!headSent && !continueSent && !over) {
        continueSent = true;
        writer.write(new ByteBuffer[] {ByteBuffer.wrap(Http1Encoder.head(100, NO_FIELDS))}, 1);
      }
    } catch (IOException e) { // a part of it may be out: nothing can follow it
      writer.close(
          new StreamClosedException(CloseReason.CLIENT_GONE, "100 Continue was not sent", e));
      throw e;
    } finally {
      unlock();
    }
  }

  @Override
  public void send(
      @Nullable Head head,
      @Nullable ByteBuffer buffer,
      @Nullable ByteBuffer more,
      @Nullable Headers trailers)
      throws IOException {
    lock();
    ByteBuffer lead = buffer;
    try {
      int count = 0;
      if (head != null) {
        parts[count++] = ByteBuffer.wrap(encode(head));
      }
      boolean somethingToFrame = lead != null || more != null || trailers != null;
      if (framing instanceof BodyFraming.Chunked && somethingToFrame) {
        if (lead == null) {
          lead = pool.take();
        }
        count = addChunk(count, lead, more, trailers);
      } else {
        count = addPlain(count, lead, more);
      }
      if (count > 0) {
        writer.write(parts, count);
      }
      if (trailers != null) {
        over = true;
        ended = true;
      }
    } finally {
      Arrays.fill(parts, NOTHING); // what was written is others' memory
      unlock();
      if (lead != null) {
        pool.give(lead);
      }
    }
  }

  private int addPlain(int first, @Nullable ByteBuffer lead, @Nullable ByteBuffer more) {
    int count = first;
    if (framing instanceof BodyFraming.None) {
      return count;
    }
    if (lead != null) {
      parts[count++] = lead.limit(lead.position()).position(BufferPool.HEADROOM);
    }
    if (more != null) {
      parts[count++] = more;
    }
    return count;
  }

  /** One chunk of all the bytes, and the last chunk if this is the end: contiguous if possible. */
  private int addChunk(
      int first, ByteBuffer lead, @Nullable ByteBuffer more, @Nullable Headers trailers) {
    int count = first;
    int buffered = lead.position() - BufferPool.HEADROOM;
    int size = buffered + (more == null ? 0 : more.remaining());
    int start = BufferPool.HEADROOM;
    lead.limit(lead.capacity());
    if (size > 0) {
      start = Http1Encoder.putChunkHead(lead, start, size);
    }
    @Nullable ByteBuffer tail = null;
    if (more != null) {
      parts[count++] = lead.flip().position(start);
      parts[count++] = more;
      tail = trailers == null ? CRLF.duplicate() : null;
    } else {
      if (size > 0) {
        lead.put((byte) '\r').put((byte) '\n');
      }
      if (trailers != null && trailers.size() == 0) {
        lead.put(LAST_CHUNK.duplicate());
      }
      parts[count++] = lead.flip().position(start);
    }
    if (trailers != null && (more != null || trailers.size() > 0)) {
      byte[] last = Http1Encoder.lastChunk(trailers);
      tail = ByteBuffer.allocate(last.length + 2);
      if (more != null) {
        tail.put(CRLF.duplicate());
      }
      tail.put(last).flip();
    }
    if (tail != null) {
      parts[count++] = tail;
    }
    return count;
  }

  /** Settles framing and persistence, and adds the fields that say so. */
  private byte[] encode(Head head) {
    framing = BodyFraming.of(head, version);
    headSent = true;
    Headers headers = head.headers();
    if (framing instanceof BodyFraming.Chunked) {
      headers.set("Transfer-Encoding", "chunked");
    }
    if (head.status() == 101) {
      persistent = false;
    } else {
      persistent = staysOpen(headers);
      if (!persistent) {
        headers.set("Connection", "close");
      } else if (version == HttpVersion.HTTP_1_0) {
        headers.set("Connection", "keep-alive");
      }
    }
    headers.setIfAbsent("Date", HttpDate.now());
    if (connection.options().serverHeader()) {
      headers.setIfAbsent("Server", "sluice");
    }
    return Http1Encoder.head(head.status(), headers);
  }

  private boolean staysOpen(Headers headers) {
    boolean bodyNeverAskedFor = continueLock != null && !continueSent;
    return persistent
        && !(framing instanceof BodyFraming.UntilClose)
        && !bodyNeverAskedFor
        && !headers.containsToken("Connection", "close")
        && !connection.draining();
  }

  @Override
  public void stepped() {
    fairYield.stepped();
  }

  @Override
  public void sync() throws IOException {
    writer.finish(connection.outlet()::drained);
  }

  @Override
  public void progressDeadline(Duration timeout) {
    writer.progressDeadline(timeout);
  }

  @Override
  public void follow(
      Journal journal, Offset from, Encoding encoding, Cancellation cancellation, FollowEnd end) {
    boolean trailing = version != HttpVersion.HTTP_1_0;
    over = true;
    connection.follow(
        new Follow(journal, from.position(), encoding, framing, persistent, trailing, end));
  }

  @Override
  public Connection hijack() throws IOException {
    Connection hijacked = connection.hijack();
    over = true;
    return hijacked;
  }

  /** Posts to the loop before it lets another caller go on to say that the exchange has ended. */
  @Override
  public synchronized void abort(CloseReason reason) {
    if (!over) {
      over = true;
      writer.close(new StreamClosedException(reason, "the stream was cut: " + reason, null));
      connection.abort(reason, headSent && framing instanceof BodyFraming.UntilClose);
    }
  }

  private void lock() {
    if (continueLock != null) {
      continueLock.lock();
    }
  }

  private void unlock() {
    if (continueLock != null) {
      continueLock.unlock();
    }
  }

  private static ByteBuffer direct(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().asReadOnlyBuffer();
  }
}
