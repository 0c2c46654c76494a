package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that takes what comes, over a link that is slow: its windows do not hold it back. */
@ExtendWith(NettyLeaks.class)
final class Http2SlowLinkTest {
  private static final Duration WRITE_TIMEOUT = Duration.ofMillis(300);
  private static final int BYTES = 16 * 1024 * 1024;
  private static final int BYTES_PER_PAUSE = 128 * 1024;
  private static final long PAUSE_MILLIS = 8;
  private static final int RECEIVE_BUFFER_BYTES = 32 * 1024;

  @RegisterExtension final TestServer server = new TestServer();

  /**
   * The output of its connection is full nearly all of the time, for longer than a write may wait.
   */
  @Test
  void it_gets_everything_however_long_that_takes() throws Exception {
    server.start(
        TestServer.options().withTimeouts(Timeouts.defaults().withWrite(WRITE_TIMEOUT)),
        (request, response) -> response.write(new byte[BYTES]));
    Http2Frames frames =
        server.closeAfter(
            Http2Frames.connect(
                SocketFactory.getDefault(), server.address(), RECEIVE_BUFFER_BYTES));
    frames.begin(Http2Frame.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
    frames.write(
        Http2Frame.windowUpdate(0, Integer.MAX_VALUE - Http2Frame.WINDOW_BYTES),
        Http2Frame.headers(1, END_STREAM, HeaderBlock.get("/")));
    int received = 0;
    int untilPause = BYTES_PER_PAUSE;
    while (received < BYTES) {
      int size = frames.readUntil(Http2Frame.DATA).payload().length;
      received += size;
      untilPause -= size;
      if (untilPause < 0) {
        untilPause = BYTES_PER_PAUSE;
        Thread.sleep(
            PAUSE_MILLIS); // the link is slow: that is the case, and not a wait for something
      }
    }
    assertEquals(BYTES, received);
  }
}
