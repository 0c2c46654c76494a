package dev.sluice.cli;

import static dev.sluice.cli.ScriptedServer.status;
import static dev.sluice.cli.ScriptedServer.whole;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.Handler;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which stream a URL means. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class LocatorTest {
  private static final String ID = "0a0b0c0d";
  private static final Handler STREAM = status(200, "Stream-Next-Offset", "a7");
  private static final Handler PAGE = status(200, "Sluice-Journal", ID);
  private static final Handler OUR_STREAM =
      status(200, "Stream-Next-Offset", "a7", "Sluice-Journal", ID);
  private static final String LOOK = "HEAD /log?as=raw&offset=now";

  private static Located find(String url) throws Exception {
    try (var wire = new Wire(url)) {
      return wire.find();
    }
  }

  @Test
  void a_page_of_ours_is_followed_there_and_asked_about_at_its_stream() throws Exception {
    try (var server = ScriptedServer.of(PAGE)) {
      Located found = find(server.journal("log"));
      assertEquals(URI.create(server.stream("log")), found.stream());
      assertEquals(URI.create(server.journal("log?as=raw")), found.raw());
      assertEquals(List.of(LOOK), server.requests());
    }
  }

  @Test
  void a_stream_of_ours_is_followed_raw_wherever_it_is() throws Exception {
    try (var server = ScriptedServer.of(OUR_STREAM)) {
      Located found = find(server.journal("behind/a/proxy?token=z"));
      assertEquals(URI.create(server.journal("behind/a/proxy?token=z")), found.stream());
      assertEquals(URI.create(server.journal("behind/a/proxy?token=z&live=raw")), found.raw());
      assertEquals(List.of("HEAD /behind/a/proxy?token=z"), server.requests());
    }
  }

  @Test
  void a_stream_of_another_server_is_found_at_any_path() throws Exception {
    try (var server = ScriptedServer.of(STREAM)) {
      Located found = find(server.journal("log"));
      assertEquals(URI.create(server.journal("log")), found.stream());
      assertNull(found.raw());
    }
  }

  @Test
  void or_where_the_short_url_means_it() throws Exception {
    try (var server = ScriptedServer.of(status(404), STREAM)) {
      Located found = find(server.journal("log"));
      assertEquals(URI.create(server.stream("log")), found.stream());
      assertEquals(List.of(LOOK, "HEAD /v1/stream/log"), server.requests());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "404 | there is no such journal",
        "410 | was deleted",
        "401 | the server answers 401",
        "200 | is no stream: it has no Stream-Next-Offset; check the URL",
      })
  void what_is_no_stream_is_told(int status, String told) throws Exception {
    try (var server = ScriptedServer.of(status(status))) {
      Exception e = assertThrows(CliException.class, () -> find(server.stream("log")));
      assertEquals(server.stream("log") + ": " + told, e.getMessage());
    }
  }

  @Test
  void an_offset_that_is_none_of_ours_is_refused() throws Exception {
    try (var server = ScriptedServer.of(PAGE);
        var wire = new Wire(server.journal("log"))) {
      Exception e = assertThrows(CliException.class, () -> wire.follow(new From("x")));
      assertEquals(
          server.journal("log")
              + ": 'x' is no offset of it; write start, now, or one like"
              + " 0000000000000000_0000000000000000",
          e.getMessage());
    }
  }

  @Test
  void a_stream_of_ours_is_read_from_where_the_last_byte_was() throws Exception {
    try (var server =
            ScriptedServer.of(OUR_STREAM, ScriptedServer.cut("on", ID), whole("e\n", ID));
        var wire = new Wire(server.stream("log"))) {
      wire.follow(From.START);
      assertEquals("one\n", wire.out());
      String raw = "GET /v1/stream/log?live=raw&offset=0000000000000000_000000000000000";
      assertEquals(List.of("HEAD /v1/stream/log", raw + "0", raw + "2"), server.requests());
    }
  }
}
