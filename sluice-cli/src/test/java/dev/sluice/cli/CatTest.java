package dev.sluice.cli;

import static dev.sluice.cli.ScriptedServer.cut;
import static dev.sluice.cli.ScriptedServer.status;
import static dev.sluice.cli.ScriptedServer.text;
import static dev.sluice.cli.ScriptedServer.whole;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.Handler;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** {@code sluice cat} against servers that answer as a script says. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class CatTest {
  private static final String ID = "0a0b0c0d";
  private static final Handler HEAD = at(4);
  private static final Handler OURS = status(200, "Sluice-Journal", ID);
  private static final String LOOK = "HEAD /log?as=raw&offset=now";

  private static Handler at(long tail) {
    return status(200, "Sluice-Journal", ID, "Stream-Next-Offset", offset(tail));
  }

  private static String offset(long position) {
    return "0000000000000000_%016d".formatted(position);
  }

  private static String get(long position) {
    return "GET /log?as=raw&offset=" + offset(position);
  }

  @Test
  void after_a_cut_it_goes_on_behind_the_last_byte() throws Exception {
    try (var server = ScriptedServer.of(OURS, cut("on", ID), cut("e\ntw", ID), whole("o\n", ID))) {
      Ended ended = Ended.run("cat", server.journal("log"));
      assertEquals("one\ntwo\n", ended.out());
      assertEquals(0, ended.status());
      assertEquals(List.of(LOOK, get(0), get(2), get(6)), server.requests());
      String url = server.journal("log");
      String again = "sluice: " + url + ": the stream was cut; trying again";
      String on = "sluice: " + url + ": goes on";
      assertEquals(List.of(again, on, again, on), ended.err());
    }
  }

  @Test
  void a_server_in_trouble_is_asked_again() throws Exception {
    try (var server = ScriptedServer.of(OURS, status(503), whole("one\n", ID))) {
      Ended ended = Ended.run("cat", server.journal("log"));
      assertEquals("one\n", ended.out());
      assertEquals(0, ended.status());
    }
  }

  @Test
  void now_is_where_it_ended_at_first_also_after_a_cut() throws Exception {
    try (var server = ScriptedServer.of(OURS, HEAD, cut("", ID), whole("two\n", ID))) {
      Ended ended = Ended.run("cat", "--from", "now", server.journal("log"));
      assertEquals("two\n", ended.out());
      assertEquals(List.of(LOOK, "HEAD /v1/stream/log", get(4), get(4)), server.requests());
    }
  }

  @Test
  void without_following_it_stops_at_the_end_of_what_there_is() throws Exception {
    Handler open = cut("one\ntwo\n", ID);
    try (var server = ScriptedServer.of(OURS, HEAD, open)) {
      Ended ended = Ended.run("cat", "--no-follow", server.journal("log"));
      ended.assertQuietlyDone();
      assertEquals("one\n", ended.out());
    }
  }

  @Test
  void an_offset_past_the_end_is_an_error_also_without_following() throws Exception {
    try (var server = ScriptedServer.of(OURS, HEAD)) {
      Ended.run("cat", "--no-follow", "--from", offset(5), server.journal("log"))
          .assertFailed(
              server.journal("log") + ": " + offset(5) + " is past the end, which is " + offset(4));
    }
  }

  @Test
  void another_journal_of_the_same_name_is_not_put_behind_the_first() throws Exception {
    try (var server = ScriptedServer.of(OURS, cut("one\n", ID), whole("two\n", "ffffffff"))) {
      Ended ended = Ended.run("cat", server.journal("log"));
      assertEquals("one\n", ended.out());
      assertEquals(
          "sluice: "
              + server.journal("log")
              + ": was replaced by a new journal of this name; call cat again for that one",
          ended.err().getLast());
      assertEquals(1, ended.status());
    }
  }

  @Test
  void nor_is_a_shorter_one_that_has_no_such_offset() throws Exception {
    Handler replaced = status(200, "Sluice-Journal", "ffffffff", "Stream-Next-Offset", offset(0));
    try (var server =
        ScriptedServer.of(OURS, cut("one\n", ID), text(400, "offset: past the end"), replaced)) {
      Ended ended = Ended.run("cat", server.journal("log"));
      assertEquals(1, ended.status());
      assertEquals(
          "sluice: "
              + server.journal("log")
              + ": was replaced by a new journal of this name; call cat again for that one",
          ended.err().getLast());
    }
  }

  @Test
  void what_is_no_longer_kept_is_told_with_the_offset_that_is() throws Exception {
    String kept = offset(4096);
    Handler gone =
        text(410, "the bytes before " + kept + " are no longer kept; ask for ?offset=" + kept);
    try (var server = ScriptedServer.of(OURS, gone)) {
      Ended.run("cat", server.journal("log"))
          .assertFailed(
              server.journal("log")
                  + ": the bytes from "
                  + offset(0)
                  + " to "
                  + kept
                  + " are no longer kept; --from "
                  + kept
                  + " goes on behind them");
    }
  }

  @Test
  void what_is_cut_at_the_same_place_each_time_is_given_up() throws Exception {
    Handler fruitless = cut("", ID);
    try (var server =
        ScriptedServer.of(OURS, fruitless, fruitless, fruitless, fruitless, fruitless, HEAD)) {
      Ended ended = Ended.run("cat", server.journal("log"));
      assertEquals(
          List.of(
              "sluice: " + server.journal("log") + ": the stream was cut; trying again",
              "sluice: "
                  + server.journal("log")
                  + ": is cut at "
                  + offset(0)
                  + " each time; the server says why"),
          ended.err());
      assertEquals(1, ended.status());
    }
  }

  @Test
  void a_journal_that_is_not_there_is_an_error() throws Exception {
    try (var server = ScriptedServer.of(status(404), status(404))) {
      Ended.run("cat", server.journal("log"))
          .assertFailed(server.journal("log") + ": there is no such journal");
    }
  }

  @Test
  void a_page_of_another_server_is_no_journal() throws Exception {
    try (var server = ScriptedServer.of(text(200, "hello"), status(404))) {
      Ended ended = Ended.run("cat", server.journal("log"));
      ended.assertFailed(
          server.journal("log") + ": is no stream: it has no Stream-Next-Offset; check the URL");
      assertEquals("", ended.out());
    }
  }

  @Test
  void a_standard_output_that_is_closed_ends_it_quietly() throws Exception {
    Handler endless =
        (request, response) -> {
          response.type("text/plain").header("Sluice-Journal", ID);
          while (true) {
            response.write("one\n");
            response.flush();
          }
        };
    try (var server = ScriptedServer.of(OURS, endless);
        SluiceProcess cat = SluiceProcess.start("cat", server.journal("log"))) {
      assertEquals("one", cat.process().inputReader().readLine());
      cat.process().getInputStream().close();
      assertEquals(List.of(), cat.awaitEnd());
      assertEquals(0, cat.process().exitValue());
    }
  }

  @Test
  void a_server_that_was_never_there_is_given_up_soon_if_so_told() throws Exception {
    String url = "http://127.0.0.1:" + Ports.free() + "/log";
    Ended ended = Ended.run("cat", "--retry-for", "200ms", url);
    assertEquals(
        "sluice: " + url + ": nothing answers there, for 200ms now", ended.err().getLast());
    assertEquals(1, ended.status());
  }
}
