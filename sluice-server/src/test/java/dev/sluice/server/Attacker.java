package dev.sluice.server;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A client of HTTP/2 that sends what it likes, as fast as it can, on a thread of its own. It
 * acknowledges nothing; what the server sends is counted, or never read.
 *
 * <p>Thread safety: what it tells may be asked by any thread.
 */
final class Attacker implements Closeable {
  private static final int BATCH_BYTES = 16 * 1024;
  private static final int STANDSTILL_MILLIS = 1000;
  private static final int TYPES = 16;

  private final Http2Frames frames;
  private final AtomicIntegerArray received = new AtomicIntegerArray(TYPES);
  private final AtomicLong written = new AtomicLong();
  private volatile @Nullable Http2Frame goAway;
  private volatile @Nullable Http2Frame lastReset;
  private volatile boolean ended;
  private volatile boolean flooding;

  private Attacker(Http2Frames frames) {
    this.frames = frames;
  }

  /** Connects, says its settings, and reads all that comes. */
  static Attacker reading(InetSocketAddress server, int... settings) throws IOException {
    Attacker attacker = deaf(server, 0, settings);
    Thread.ofPlatform().name("attacker-reads").daemon().start(attacker::read);
    return attacker;
  }

  /** Connects, says its settings, and reads nothing. */
  static Attacker deaf(InetSocketAddress server, int bufferBytes, int... settings)
      throws IOException {
    Http2Frames frames = Http2Frames.connect(SocketFactory.getDefault(), server, bufferBytes);
    frames.begin(settings);
    return new Attacker(frames);
  }

  private void read() {
    try {
      for (Http2Frame frame = frames.read(); frame != null; frame = frames.read()) {
        received.incrementAndGet(frame.type() % TYPES);
        if (frame.type() == Http2Frame.GOAWAY) {
          goAway = frame;
        } else if (frame.type() == Http2Frame.RST_STREAM) {
          lastReset = frame;
        }
      }
    } catch (IOException | AssertionError e) {
      // The end, in another way.
    }
    ended = true;
  }

  /** Sends frames, now. */
  Attacker send(Http2Frame... some) throws IOException {
    frames.write(some);
    return this;
  }

  /**
   * Sends frames so many times, on a thread of its own, or until the connection takes no more.
   *
   * @param what the frames of a time, whose number counts from 0
   */
  Attacker flood(int times, IntFunction<Http2Frame[]> what) {
    flooding = true;
    Thread.ofPlatform().name("attacker-writes").daemon().start(() -> write(times, what));
    return this;
  }

  private void write(int times, IntFunction<Http2Frame[]> what) {
    var batch = new ByteArrayOutputStream();
    int inBatch = 0;
    try {
      for (int i = 0; i < times; i++) {
        for (Http2Frame frame : what.apply(i)) {
          batch.writeBytes(frame.bytes());
        }
        inBatch++;
        if (batch.size() >= BATCH_BYTES || i == times - 1) {
          frames.write(batch.toByteArray());
          written.addAndGet(inBatch);
          batch.reset();
          inBatch = 0;
        }
      }
    } catch (IOException e) {
      // The server has had enough.
    }
    flooding = false;
  }

  /** Waits until all is sent, or the server takes no more: it has hung up, or does not read. */
  Attacker awaitFlooded() throws InterruptedException {
    long last = -1;
    while (flooding && last != written.get()) {
      last = written.get();
      for (int i = 0; flooding && i < STANDSTILL_MILLIS; i++) {
        Thread.sleep(1);
      }
    }
    return this;
  }

  /** Waits until the server has hung up. */
  void awaitEnd() throws InterruptedException {
    Await.until("the attacker is cut off", () -> ended);
  }

  /** Waits for an answer to a PING, so that the server has seen all before it, or for the end. */
  void awaitSeen() throws IOException, InterruptedException {
    int before = received(Http2Frame.PING);
    try {
      send(Http2Frame.ping(1));
    } catch (IOException e) {
      return;
    }
    Await.until("the server has seen all", () -> ended || received(Http2Frame.PING) > before);
  }

  /** Whether a flood goes on, or stands still. */
  boolean isFlooding() {
    return flooding;
  }

  boolean ended() {
    return ended;
  }

  /** The error of the GOAWAY that came; -1 if none has. */
  int goAwayError() {
    Http2Frame frame = goAway;
    return frame == null ? -1 : frame.error();
  }

  /** The error of the latest RST_STREAM that came; -1 if none has. */
  int resetError() {
    Http2Frame frame = lastReset;
    return frame == null ? -1 : frame.error();
  }

  /** How many times were sent whole. */
  long written() {
    return written.get();
  }

  /** How many frames of a type have come. */
  int received(int type) {
    return received.get(type);
  }

  @Override
  public String toString() {
    return "%d sent, GOAWAY %d, %d RST_STREAM (%d), %s"
        .formatted(
            written.get(),
            goAwayError(),
            received(Http2Frame.RST_STREAM),
            resetError(),
            ended ? "cut off" : "still connected");
  }

  @Override
  public void close() throws IOException {
    frames.close();
  }
}
