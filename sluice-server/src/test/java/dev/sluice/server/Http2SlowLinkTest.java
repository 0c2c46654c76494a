package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that takes what comes, over a link that is slow: its windows do not hold it back. */
@ExtendWith(NettyLeaks.class)
final class Http2SlowLinkTest {
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(2);
  private static final int BYTES = 16 * 1024 * 1024;
  private static final int BYTES_PER_PAUSE = 128 * 1024;
  private static final long PAUSE_MILLIS = 24;
  private static final int RECEIVE_BUFFER_BYTES = 32 * 1024;

  @RegisterExtension final TestServer server = new TestServer();

  private Http2Frames connect(boolean secure) throws IOException {
    SocketFactory sockets = secure ? TestTls.sockets("h2") : SocketFactory.getDefault();
    Http2Frames frames =
        server.closeAfter(Http2Frames.connect(sockets, server.address(), RECEIVE_BUFFER_BYTES));
    frames.begin(Http2Frame.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
    return frames.write(Http2Frame.windowUpdate(0, Integer.MAX_VALUE - Http2Frame.WINDOW_BYTES));
  }

  private static ServerOptions options(boolean secure) {
    ServerOptions usual = TestServer.options();
    ServerOptions options = usual.withTimeouts(usual.timeouts().withWrite(WRITE_TIMEOUT));
    return secure ? TestTls.secured(options) : options;
  }

  private static Http2Frame get(int number, boolean secure) {
    HeaderBlock block = HeaderBlock.request("GET", secure ? "https" : "http", "/");
    return Http2Frame.headers(2 * number + 1, END_STREAM, block);
  }

  private static int readSlowly(Http2Frames frames, int count, int bytesPerPause, long pauseMillis)
      throws IOException, InterruptedException {
    int received = 0;
    int untilPause = bytesPerPause;
    while (received < count) {
      Http2Frame frame = frames.read();
      if (frame == null || frame.type() == Http2Frame.RST_STREAM) {
        throw new AssertionError("after %d bytes: %s".formatted(received, frame));
      }
      int size = frame.type() == Http2Frame.DATA ? frame.payload().length : 0;
      received += size;
      untilPause -= size;
      if (untilPause < 0) {
        untilPause = bytesPerPause;
        Thread.sleep(
            pauseMillis); // the link is slow: that is the case, and not a wait for something
      }
    }
    return received;
  }

  /** The output of its connection is full nearly all of the time, for longer than a write waits. */
  @Test
  void it_gets_everything_however_long_that_takes() throws Exception {
    assertGetsEverything(1, false);
  }

  /** And for so long each of many streams waits for its turn. */
  @Tag("external")
  @ParameterizedTest
  @CsvSource({"1,true", "128,false", "128,true"})
  void nor_do_many_streams_or_TLS_make_a_difference(int streams, boolean secure) throws Exception {
    assertGetsEverything(streams, secure);
  }

  private void assertGetsEverything(int streams, boolean secure) throws Exception {
    byte[] body = new byte[BYTES / streams];
    server.start(options(secure), (request, response) -> response.write(body));
    Http2Frames frames = connect(secure);
    for (int i = 0; i < streams; i++) {
      frames.write(get(i, secure));
    }
    assertEquals(BYTES, readSlowly(frames, BYTES, BYTES_PER_PAUSE, PAUSE_MILLIS));
  }

  /**
   * The kernel calls a socket writable when a third of its buffer is free: this client takes longer
   * for that than a write waits.
   */
  @Tag("external")
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void it_may_take_less_in_that_time_than_the_kernel_waits_for(boolean secure) throws Exception {
    server.start(options(secure), (request, response) -> response.write(new byte[BYTES]));
    Http2Frames frames = connect(secure);
    frames.write(get(0, secure));
    int received = readSlowly(frames, BYTES / 16, 1, 3 * PAUSE_MILLIS);
    received += readSlowly(frames, BYTES - received, BYTES, PAUSE_MILLIS);
    assertEquals(BYTES, received);
  }
}
