package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An encoding that fails when a silence is to be broken, on the loop's sweep. */
final class FailingHeartbeatTest {
  private static final Encoding FAILING =
      new Encoding() {
        @Override
        public String type() {
          return "text/plain";
        }

        @Override
        public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
          return to;
        }

        @Override
        public byte[] heartbeat() {
          throw new IllegalStateException("no heartbeat");
        }
      };

  @RegisterExtension final TestServer server = new TestServer();

  @Test
  void its_viewer_is_cut_and_the_timeouts_of_others_go_on() throws Exception {
    var journal = new Journal("quiet", 1 << 20);
    var end = new CompletableFuture<CloseReason>();
    Timeouts timeouts =
        Timeouts.defaults().withHeartbeat(Duration.ofMillis(300)).withHead(Duration.ofSeconds(3));
    server.start(
        TestServer.options().withLoops(1).withTimeouts(timeouts),
        (request, response) -> response.follow(journal, new Offset(0), FAILING, end::complete));
    try (RawClient silent = connect();
        RawClient viewer = connect()) {
      silent.send("GET");
      viewer.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
      server.expectLogged("an encoding failed");
      assertEquals(CloseReason.HANDLER_FAILED, end.get(60, TimeUnit.SECONDS));
      assertTrue(silent.readToEnd().startsWith("HTTP/1.1 408 "));
    }
  }

  private RawClient connect() throws IOException {
    return RawClient.connect("127.0.0.1", server.address().getPort());
  }
}
