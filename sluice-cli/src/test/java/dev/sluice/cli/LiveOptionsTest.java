package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The options of live answers. */
final class LiveOptionsTest {

  private static LiveOptions parse(String... args) {
    return CommandLine.populateCommand(new LiveOptions(), args);
  }

  @Test
  void without_them_answers_are_what_the_protocol_proposes() {
    LiveOptions options = parse();
    assertEquals(Duration.ofSeconds(20), options.streamOptions().longPollTimeout());
    assertEquals(Duration.ofSeconds(60), options.streamOptions().sseReconnectInterval());
    assertEquals(Set.of(), options.allowedOrigins());
  }

  @Test
  void an_interval_of_nothing_is_never() {
    LiveOptions options = parse("--sse-reconnect-interval", "0s", "--long-poll-timeout", "500ms");
    assertEquals(Duration.ZERO, options.streamOptions().sseReconnectInterval());
    assertEquals(Duration.ofMillis(500), options.streamOptions().longPollTimeout());
  }

  @Test
  void origins_are_as_browsers_send_them() {
    LiveOptions options =
        parse(
            "--allow-origin", "https://App.example:443",
            "--allow-origin", "http://localhost:3000",
            "--allow-origin", "http://[::1]:80",
            "--allow-origin", "*");
    assertEquals(
        Set.of("https://app.example", "http://localhost:3000", "http://[::1]", "*"),
        options.allowedOrigins());
  }
}
