package dev.sluice.server;

import static dev.sluice.CloseReason.CLIENT_GONE;
import static dev.sluice.CloseReason.WRITE_TIMEOUT;
import static dev.sluice.server.RawFollow.RAW;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.testkit.RawClient;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How following ends, and what is told of it: once, after each test {@link Ends} sees to that. */
final class FollowEndTest extends FollowFixture {
  private static final int LARGE = 32 << 20;
  private static final Duration SHORT = Duration.ofMillis(400);

  @ParameterizedTest
  @EnumSource
  void a_client_that_goes_while_nothing_happens_is_noticed(DisconnectTest.Going how)
      throws Exception {
    serveFollowing(RAW);
    RawClient client = ask(0);
    FollowedBody.read(client);
    how.go(client);
    ends.await(CLIENT_GONE);
    awaitNoConnections();
    append("nobody reads this");
  }

  @ParameterizedTest
  @EnumSource
  void so_is_one_that_was_sent_much_and_took_little(DisconnectTest.Going how) throws Exception {
    append(new byte[LARGE]);
    serveFollowing(RAW);
    RawClient client = ask(0, SLOW);
    FollowedBody.read(client).readNBytes(300_000);
    how.go(client);
    ends.await(CLIENT_GONE);
    awaitNoConnections();
  }

  @ParameterizedTest
  @EnumSource
  void so_is_one_behind_whom_a_request_waits(DisconnectTest.Going how) throws Exception {
    serveFollowing(RAW);
    RawClient client = send(GET + GET);
    FollowedBody.read(client);
    how.go(client);
    ends.await(CLIENT_GONE);
  }

  @ParameterizedTest
  @EnumSource
  void so_is_one_whose_request_body_nobody_reads(DisconnectTest.Going how) throws Exception {
    Handler following = following(RAW);
    serve(
        options -> options.withLimits(options.limits().withKept(1000, 1000, 1000)),
        (request, response) -> {
          InputStream body = request.body();
          while (body.available() < 1000) {
            assertTrue(body.available() >= 0);
          }
          following.handle(request, response);
        });
    RawClient client =
        send(
            "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 300000\r\n\r\n"
                + "b".repeat(200_000));
    FollowedBody.read(client);
    how.go(client);
    ends.await(CLIENT_GONE);
  }

  @Test
  void a_client_that_takes_nothing_is_cut_after_the_write_timeout() throws Exception {
    append(new byte[LARGE]);
    serveFollowing(timeouts -> timeouts.withWrite(SHORT), RAW);
    RawClient client = ask(0, SLOW);
    ends.await(WRITE_TIMEOUT);
    client.expectReset();
  }
}
