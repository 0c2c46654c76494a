package dev.sluice.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one HTTP/2 connection on their way to its outlet: from handlers, each on its own
 * thread, from viewers, and from the codec, which stands behind this in the pipeline.
 *
 * <p>Who holds the lock puts whole frames behind one another into one buffer, and writes it. What
 * the outlet does not take stays in there, and so long nobody else puts anything in: at most one
 * buffer waits. What the codec has to say waits in a queue of its own, which the codec bounds.
 *
 * <p>Thread safety: methods that say so need the lock; the others are the loop's.
 */
final class H2Output extends ChannelOutboundHandlerAdapter {
  /** Which no client may refuse (RFC 9113 section 4.2). */
  static final int PAYLOAD_BYTES_MAX = 16 * 1024;

  static final int FRAME_HEAD_BYTES = 9;
  static final int BUFFER_BYTES = 4 * (FRAME_HEAD_BYTES + PAYLOAD_BYTES_MAX);

  /** Most of what is sent is small, and thousands of connections may have some at a time. */
  private static final BufferStack SMALL = new BufferStack(4 * 1024, 4 * 1024);

  private static final BufferStack LARGE = new BufferStack(BUFFER_BYTES, 64);

  /** So many may wait before the client is not read any more. */
  private static final int CONTROLS_MAX = 64;

  private record Control(ByteBuf bytes, ChannelPromise promise) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final DirectChannel channel;
  private final Runnable onWritable;
  private final Runnable onStuck;
  private final Runnable onClose;
  private final Queue<Control> controls = new ArrayDeque<>();
  private final Queue<ChannelPromise> written = new ArrayDeque<>();
  private final Runnable sendLater = this::sendNow;

  /** What has been put in; while it is full, what is left of that to write. */
  private @Nullable ByteBuffer buffer;

  private boolean full;
  private boolean later;
  private boolean closed;
  private boolean closes;
  private boolean holdsReads;
  private int open;
  private boolean over;

  /**
   * The output of a connection.
   *
   * @param onWritable run on the loop when it takes frames again
   * @param onStuck run when many answers of the codec wait
   * @param onClose run instead of a close that the codec asks for
   */
  H2Output(DirectChannel channel, Runnable onWritable, Runnable onStuck, Runnable onClose) {
    this.channel = channel;
    this.onWritable = onWritable;
    this.onStuck = onStuck;
    this.onClose = onClose;
  }

  /** The next close is meant: it closes the connection. */
  void letClose() {
    closes = true;
  }

  /** The codec closes as soon as it has said why, before the client could read it. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (closes) {
      var _ = ctx.close(promise); // who asked has the promise
    } else {
      onClose.run();
      promise.trySuccess();
    }
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  /** One response more, or one less, that has not ended. With the lock. */
  void addOpen(int more) {
    open += more;
  }

  /** How many responses have not ended. Any thread. */
  int open() {
    lock.lock();
    try {
      return open;
    } finally {
      lock.unlock();
    }
  }

  /** Whether many answers of the codec wait. */
  boolean isStuck() {
    return controls.size() > CONTROLS_MAX;
  }

  boolean holdsReads() {
    return holdsReads;
  }

  /** Keeps the codec from reading, which it does whatever the channel's options are. */
  void holdReads(boolean held) {
    holdsReads = held;
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (!holdsReads) {
      ctx.read();
    }
  }

  /** Whether the outlet has taken less than it was given. With the lock. */
  boolean isFull() {
    return full;
  }

  /** Whether everything has been given to the operating system. Any thread, without the lock. */
  boolean drained() {
    lock.lock();
    try {
      return buffer == null && channel.outlet().drained();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Where to put a frame with so much payload at the most; null if it has to wait. With the lock.
   *
   * @throws IOException if the connection is closed
   */
  @Nullable ByteBuffer room(int payload) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    int needed = FRAME_HEAD_BYTES + payload;
    if (buffer != null && buffer.position() + needed > BUFFER_BYTES) {
      send();
    }
    if (full) {
      return null;
    }
    ByteBuffer room = buffer;
    if (room == null) {
      room = take(needed);
    } else if (room.remaining() < needed) {
      ByteBuffer small = room.flip();
      room = take(small.limit() + needed).put(small);
      giveBack(small);
    }
    buffer = room;
    return room;
  }

  private static ByteBuffer take(int bytes) {
    if (bytes > BUFFER_BYTES) {
      return ByteBuffer.allocate(bytes);
    }
    return bytes > SMALL.bytes() ? LARGE.take() : SMALL.take();
  }

  private static void giveBack(ByteBuffer empty) {
    SMALL.give(empty);
    LARGE.give(empty);
  }

  /** Writes what was put in. With the lock. */
  void send() throws IOException {
    if (buffer != null && !full) {
      sendRest(buffer.flip());
    }
  }

  private void sendRest(ByteBuffer bytes) throws IOException {
    try {
      channel.outlet().write(bytes);
    } catch (IOException e) {
      closed = true;
      post(() -> channel.pipeline().fireExceptionCaught(e));
      throw e;
    }
    full = bytes.hasRemaining();
    if (full) {
      post(() -> channel.outlet().whenWritable(this::onOutletWritable));
    } else {
      buffer = null;
      giveBack(bytes);
    }
  }

  /** Writes what was put in when the loop has done what it is at. With the lock, on the loop. */
  void sendLater() {
    if (!later && buffer != null) {
      later = true;
      post(sendLater);
    }
  }

  /** Writes what was put in. */
  void sendNow() {
    lock.lock();
    try {
      later = false;
      send();
    } catch (IOException e) {
      // The pipeline is told.
    } finally {
      lock.unlock();
    }
  }

  private void onOutletWritable() {
    boolean writable;
    lock.lock();
    try {
      if (buffer != null) {
        sendRest(buffer);
      }
      putControls();
      send();
      writable = !full;
    } catch (IOException e) {
      return; // the pipeline is told
    } finally {
      lock.unlock();
    }
    tellWritten();
    if (writable) {
      onWritable.run();
    }
  }

  // What the codec has to say: pieces of frames, which are whole when it flushes.

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (over) {
      ReferenceCountUtil.release(message);
      promise.setFailure(new ClosedChannelException());
    } else if (message instanceof ByteBuf bytes) {
      controls.add(new Control(bytes, promise));
    } else {
      ReferenceCountUtil.release(message);
      promise.setFailure(new IllegalArgumentException("no bytes: " + message));
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (controls.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      putControls();
      send();
    } catch (IOException e) {
      // The pipeline is told.
    } finally {
      lock.unlock();
    }
    tellWritten();
    if (isStuck()) {
      onStuck.run();
    }
  }

  /** Without the lock: who is told may close the connection. */
  private void tellWritten() {
    for (ChannelPromise promise = written.poll(); promise != null; promise = written.poll()) {
      var _ = promise.trySuccess();
    }
  }

  /** All or nothing: pieces of a frame must not be parted. With the lock. */
  private void putControls() throws IOException {
    int size = 0;
    for (Control control : controls) {
      size += control.bytes().readableBytes();
    }
    ByteBuffer room = size == 0 ? null : room(size);
    if (room == null) {
      return;
    }
    for (Control control = controls.poll(); control != null; control = controls.poll()) {
      ByteBuf bytes = control.bytes();
      int limit = room.limit();
      bytes.readBytes(room.limit(room.position() + bytes.readableBytes()));
      room.limit(limit);
      bytes.release();
      written.add(control.promise());
    }
  }

  /** The connection is closed: nothing more is taken, and what waits is let go of. */
  void closed() {
    over = true;
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    for (Control control = controls.poll(); control != null; control = controls.poll()) {
      control.bytes().release();
      var _ = control.promise().tryFailure(new ClosedChannelException());
    }
  }

  private void post(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException e) {
      // The loops have ended, and with them every connection.
    }
  }
}
