package dev.sluice.cli;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Notices a connection that is gone without a word, as when the server's machine has lost its
 * power. A stream may be silent for as long as it wants; when it has been for a while, the server
 * is asked on another connection, and if it does not answer, this one is closed.
 *
 * <p>Thread safety: all methods.
 */
final class SilenceWatch implements AutoCloseable {
  /** What is usual for heartbeats. */
  static final Duration SILENCE = Duration.ofSeconds(15);

  private final Duration silence;
  private final Closeable connection;
  private final Retry.Attempt question;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean heard;
  private volatile boolean gone;

  private SilenceWatch(Duration silence, Closeable connection, Retry.Attempt question) {
    this.silence = silence;
    this.connection = connection;
    this.question = question;
  }

  /**
   * Begins.
   *
   * @param connection is closed when it is found to be gone
   * @param question what the server is asked
   */
  static SilenceWatch start(Duration silence, Closeable connection, Retry.Attempt question) {
    var watch = new SilenceWatch(silence, connection, question);
    Thread.ofPlatform().daemon().name("sluice-silence").start(watch::run);
    return watch;
  }

  /** Something has come. */
  void heard() {
    heard = true;
  }

  /** The same stream, which is heard when it is read. */
  InputStream listening(InputStream body) {
    return new FilterInputStream(body) {
      @Override
      public int read() throws IOException {
        int one = in.read();
        heard();
        return one;
      }

      @Override
      public int read(byte[] bytes, int from, int count) throws IOException {
        int came = in.read(bytes, from, count);
        heard();
        return came;
      }
    };
  }

  /** Whether the connection was found to be gone. */
  boolean gone() {
    return gone;
  }

  private void run() {
    try {
      while (!over.await(silence.toMillis(), TimeUnit.MILLISECONDS)) {
        if (!heard && !answers()) {
          gone = true;
          connection.close();
          return;
        }
        heard = false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // Of the close: it is gone either way.
    }
  }

  private boolean answers() throws InterruptedException {
    try {
      var _ = question.send();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    over.countDown();
  }
}
