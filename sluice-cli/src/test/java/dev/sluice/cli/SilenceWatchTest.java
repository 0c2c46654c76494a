package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** How a connection that is gone without a word is found. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class SilenceWatchTest {
  private static final Duration SHORT = Duration.ofMillis(5);
  private static final Answer OK =
      new Answer(
          200, HttpHeaders.of(Map.of(), (name, value) -> true), "", InputStream.nullInputStream());

  private final CountDownLatch asked = new CountDownLatch(3);
  private final CountDownLatch closed = new CountDownLatch(1);

  @Test
  void one_whose_server_does_not_answer_is_closed() throws Exception {
    Retry.Attempt dead =
        () -> {
          throw new IOException("no answer");
        };
    try (var watch = SilenceWatch.start(SHORT, closed::countDown, dead)) {
      closed.await();
      assertTrue(watch.gone());
    }
  }

  @Test
  void a_stream_may_be_silent_as_long_as_its_server_answers() throws Exception {
    Retry.Attempt alive =
        () -> {
          asked.countDown();
          return OK;
        };
    try (var watch = SilenceWatch.start(SHORT, closed::countDown, alive)) {
      asked.await();
      assertFalse(watch.gone());
    }
  }
}
