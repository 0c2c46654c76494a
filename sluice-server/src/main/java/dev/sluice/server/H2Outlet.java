package dev.sluice.server;

import dev.sluice.Headers;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The sending side of one stream: its window, its head while that waits, and its end.
 *
 * <p>Data is taken as far as the windows of stream and connection go, and while the connection's
 * output is not full; nothing is queued.
 *
 * <p>Thread safety: as {@link Outlet} says; the state has the lock of the connection's output.
 */
final class H2Outlet implements Outlet {
  private static final int END_STREAM = 1;

  private final int id;
  private final H2Connection connection;
  private final H2Output output;
  private final H2Windows windows;

  // With the lock.
  private int window;
  private @Nullable Http2Headers head;
  private boolean headEnds;
  private @Nullable Http2Headers trailers;
  private boolean ending;
  private boolean dataLeft;
  private boolean ended;
  private boolean closed;
  private long seenMoved;

  /** The number of the output's buffer that has the last of what was taken. */
  private long lastPut;

  /** Waits for room; the loop's. */
  private @Nullable Runnable action;

  H2Outlet(int id, H2Connection connection) {
    this.id = id;
    this.connection = connection;
    this.output = connection.output();
    this.windows = connection.windows();
    output.lock();
    try {
      this.window = windows.initialWindowSize();
      connection.addResponses(1);
    } finally {
      output.unlock();
    }
  }

  // The window; with the lock.

  int window() {
    return window;
  }

  void window(int bytes) {
    window = bytes;
  }

  // What is to be sent with the next write, of nothing maybe.

  /**
   * Sends a head before anything else.
   *
   * @param last whether nothing follows it
   */
  void stageHead(int status, Headers fields, boolean last) {
    Http2Headers block = H2Heads.response(status, fields);
    output.lock();
    try {
      head = block;
      headEnds = last;
    } finally {
      output.unlock();
    }
  }

  /** Ends the stream behind the data of the next write. */
  void stageEnd(Headers fields) {
    @Nullable Http2Headers block = fields.size() == 0 ? null : H2Heads.trailers(fields);
    output.lock();
    try {
      ending = true;
      trailers = block;
    } finally {
      output.unlock();
    }
  }

  /** Whether something was staged and has not been sent. Any thread. */
  boolean staged() {
    output.lock();
    try {
      return !closed && (head != null || (ending && !ended));
    } finally {
      output.unlock();
    }
  }

  /** Whether all of it was sent, its end too. Any thread. */
  boolean ended() {
    output.lock();
    try {
      return ended;
    } finally {
      output.unlock();
    }
  }

  /** Nothing more is sent: the stream is reset, or the connection gone. Any thread. */
  @Override
  public void close() {
    output.lock();
    try {
      if (!closed && !ended) {
        connection.addResponses(-1);
      }
      closed = true;
    } finally {
      output.unlock();
    }
    connection.turns().passOn();
  }

  private void noteEnd(boolean now) {
    if (now) {
      ended = true;
      connection.addResponses(-1);
    }
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public long write(ByteBuffer[] parts, int offset, int count) throws IOException {
    output.lock();
    try {
      long given = 0;
      for (int i = offset; i < offset + count; i++) {
        given += parts[i].remaining();
      }
      long taken = put(parts, offset, given);
      while (output.brims()) {
        output.send();
        taken += put(parts, offset, given - taken);
      }
      dataLeft = taken < given;
      if (!output.isFull()) {
        connection.turns().passOn();
      }
      if (connection.isLoop()) {
        output.sendLater(); // with what other viewers have
      } else {
        output.send();
      }
      return taken;
    } finally {
      output.unlock();
    }
  }

  private long put(ByteBuffer[] parts, int offset, long given) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    boolean hadHead = head != null;
    long taken = putHead(given) && !ended ? putData(parts, offset, given) : 0;
    if (taken > 0 || ended || hadHead) {
      lastPut = output.current();
    }
    return taken;
  }

  private boolean putHead(long given) throws IOException {
    if (head == null) {
      return true;
    }
    boolean last = headEnds || (given == 0 && ending && trailers == null);
    if (!connection.fields().put(id, head, last)) {
      return false;
    }
    noteEnd(last);
    head = null;
    return true;
  }

  private long putData(ByteBuffer[] parts, int offset, long given) throws IOException {
    long taken = 0;
    int index = offset;
    while (true) {
      long left = given - taken;
      int size =
          (int) Math.min(left, Math.min(windows.available(this), H2Output.PAYLOAD_BYTES_MAX));
      @Nullable Http2Headers behind = trailers;
      boolean last = ending && size == left;
      boolean ends = last && behind == null;
      if (size == 0 && !last) {
        return taken;
      }
      if (size > 0 || ends) {
        ByteBuffer room = output.room(size);
        if (room == null) {
          return taken;
        }
        putFrameHead(room, size, Http2FrameTypes.DATA, ends ? END_STREAM : 0, id);
        index = copy(parts, index, size, room);
        windows.take(this, size);
        taken += size;
      }
      if (last) {
        noteEnd(behind == null || connection.fields().put(id, behind, true));
        return taken;
      }
    }
  }

  /** Copies so many bytes; the index of the first part that has more. */
  private static int copy(ByteBuffer[] parts, int from, int size, ByteBuffer room) {
    int index = from;
    int left = size;
    while (left > 0) {
      ByteBuffer part = parts[index];
      if (part.remaining() <= left) {
        left -= part.remaining();
        room.put(part);
        index++;
      } else {
        int limit = part.limit();
        room.put(part.limit(part.position() + left));
        part.limit(limit);
        left = 0;
      }
    }
    return index;
  }

  static void putFrameHead(ByteBuffer room, int payload, byte type, int flags, int streamId) {
    room.putInt(payload << 8 | type).put((byte) flags).putInt(streamId);
  }

  /** Others have their turns meanwhile, and the client takes those: it is alive. */
  @Override
  public boolean moved() {
    output.lock();
    try {
      boolean has = (window > 0 || !dataLeft) && output.moved() != seenMoved;
      seenMoved = output.moved();
      return has;
    } finally {
      output.unlock();
    }
  }

  @Override
  public boolean drained() {
    output.lock();
    try {
      return output.isDone(lastPut);
    } finally {
      output.unlock();
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    stageEnd(new Headers());
    write(new ByteBuffer[0], 0, 0);
  }

  @Override
  public void whenWritable(Runnable next) {
    action = next;
    if (isReady()) {
      connection.onLoop(this::wake); // and not from within
    } else {
      queueUp();
    }
  }

  /** Lets who waits go on, if that can be now. Thread: the loop's. */
  void wake() {
    Runnable waiting = action;
    if (waiting == null) {
      return;
    }
    if (isReady()) {
      forget();
      waiting.run();
    } else {
      queueUp();
    }
  }

  /** Waits for the connection; or for its own window, whose growth wakes it. */
  private void queueUp() {
    boolean forConnection;
    output.lock();
    try {
      forConnection = window > 0 || !dataLeft || head != null;
    } finally {
      output.unlock();
    }
    if (forConnection) {
      connection.turns().await(this);
    }
  }

  /** Nobody waits any more. Thread: the loop's. */
  void forget() {
    action = null;
    connection.turns().leave(this);
  }

  /** Whether somebody waits. Thread: the loop's. */
  boolean isAwaited() {
    return action != null;
  }

  /** Whether a write would do something, or what was taken is done with. */
  boolean isReady() {
    output.lock();
    try {
      boolean staged = head != null || (ending && !ended && !dataLeft);
      boolean room = dataLeft ? windows.available(this) > 0 : output.isDone(lastPut);
      return closed || (!output.isFull() && (staged || room));
    } finally {
      output.unlock();
    }
  }
}
