package dev.sluice.cli;

import static dev.sluice.cli.ScriptedServer.status;
import static dev.sluice.cli.ScriptedServer.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.Handler;
import dev.sluice.cli.Batches.Batch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a stream is created and how it is appended to, on servers of several kinds. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class AppendingTest {
  private static final Handler CREATED = status(201);
  private static final Handler APPENDED = status(200);
  private static final Handler MISSING = status(404);
  private static final String LOOK = "HEAD /log?as=raw&offset=now";
  private static final String STREAM = "/v1/stream/log";

  private static Batch line(String text) {
    return new Batch(text.getBytes(StandardCharsets.UTF_8), 1);
  }

  private static void append(String url) throws Exception {
    try (var wire = new Wire(url)) {
      Appending appending = wire.appending(false);
      appending.begin(null);
      appending.append(line("one"));
    }
  }

  @Test
  void a_short_url_of_a_journal_of_ours_means_the_long_one() throws Exception {
    Handler ours = status(200, "Sluice-Journal", "0a0b0c0d");
    try (var server = ScriptedServer.of(ours, CREATED, APPENDED)) {
      append(server.journal("log"));
      assertEquals(
          List.of(LOOK, "PUT " + STREAM, "POST " + STREAM + " seq 0 one"), server.requests());
    }
  }

  @Test
  void a_stream_that_is_there_is_appended_to_at_any_path() throws Exception {
    Handler there = status(200, "Stream-Next-Offset", "a7");
    try (var server = ScriptedServer.of(there, status(200), APPENDED)) {
      append(server.journal("log"));
      assertEquals(List.of(LOOK, "PUT /log", "POST /log seq 0 one"), server.requests());
    }
  }

  @Test
  void a_new_one_is_created_as_it_is_written_where_a_server_has_no_other_path() throws Exception {
    try (var server = ScriptedServer.of(MISSING, MISSING, CREATED, APPENDED)) {
      append(server.journal("log"));
      assertEquals(
          List.of(LOOK, "PUT " + STREAM, "PUT /log", "POST /log seq 0 one"), server.requests());
    }
  }

  @Test
  void a_url_with_a_query_is_the_streams_own() throws Exception {
    try (var server = ScriptedServer.of(CREATED, APPENDED)) {
      append(server.journal("x/y%20z?token=1"));
      assertEquals(
          List.of("PUT /x/y%20z?token=1", "POST /x/y%20z?token=1 seq 0 one"), server.requests());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true | text/plain | text/plain already; leave --json out, or use another name",
        "false | application/json | a stream of JSON; append lines of JSON with --json",
      })
  void what_is_there_must_be_of_the_same_kind(boolean json, String type, String why)
      throws Exception {
    Handler there = (request, response) -> response.type(type).header("Stream-Next-Offset", "a7");
    try (var server = ScriptedServer.of(status(409), there);
        var wire = new Wire(server.stream("log"))) {
      Exception e = assertThrows(CliException.class, () -> wire.appending(json).begin(null));
      assertEquals(server.stream("log") + ": is " + why, e.getMessage());
    }
  }

  @Test
  void a_failure_with_json_tells_how_many_lines_are_in() throws Exception {
    try (var server = ScriptedServer.of(CREATED, APPENDED, text(413, "too large"));
        var wire = new Wire(server.stream("log"))) {
      Appending appending = wire.appending(true);
      appending.begin(null);
      appending.append(line("[1]"));
      Exception e = assertThrows(CliException.class, () -> appending.append(line("[2]")));
      assertEquals(
          server.stream("log") + ": too large; of the input the first 1 lines are in it",
          e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403 | no token | no token",
        "405 | read only | takes no appends: read only",
        "410 | gone | has been deleted",
      })
  void a_server_that_refuses_is_heard(int status, String reason, String told) throws Exception {
    try (var server = ScriptedServer.of(CREATED, text(status, reason))) {
      Exception e = assertThrows(CliException.class, () -> append(server.stream("log")));
      assertEquals(
          server.stream("log") + ": " + told + "; of the input the first 0 bytes are in it",
          e.getMessage());
    }
  }

  @Test
  void a_redirect_is_told_and_not_followed() throws Exception {
    try (var server = ScriptedServer.of(status(307, "Location", "http://there/x"))) {
      Exception e = assertThrows(CliException.class, () -> append(server.stream("log")));
      assertEquals(
          server.stream("log") + ": is somewhere else; append to http://there/x", e.getMessage());
    }
  }
}
