package dev.sluice.cli;

import static dev.sluice.cli.ScriptedServer.status;
import static dev.sluice.cli.ScriptedServer.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** {@code sluice append} against servers that answer as a script says. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class AppendTest {
  private static final Handler CREATED = status(201);
  private static final Handler APPENDED = status(200);
  private static final Handler CUT = (request, response) -> response.abort("cut");
  private static final String STREAM = "/v1/stream/log";

  @Test
  void what_is_not_answered_is_sent_again_with_the_same_sequence() throws Exception {
    try (var server =
        ScriptedServer.of(
            CREATED,
            CUT,
            status(503),
            text(507, "the disk is full", "Retry-After", "1"),
            status(204),
            APPENDED)) {
      Ended ended = Ended.withInput("one\n", "append", "--close", server.stream("log"));
      String post = "POST " + STREAM + " seq 0 one\n";
      assertEquals(
          List.of("PUT " + STREAM, post, post, post, post, "POST " + STREAM + " seq 1"),
          server.requests());
      String url = server.stream("log");
      assertEquals(
          List.of(
              "sluice: " + url + ": the connection was cut; trying again for 1m",
              "sluice: " + url + ": goes on"),
          ended.err());
      assertEquals(0, ended.status());
    }
  }

  @Test
  void a_line_is_sent_when_it_ends_and_a_part_of_one_when_nothing_follows() throws Exception {
    try (var server = ScriptedServer.of(CREATED, APPENDED, APPENDED, APPENDED);
        SluiceProcess append = SluiceProcess.start("append", server.stream("log"))) {
      write("one\n", append);
      awaitRequests(2, server);
      write("a prompt: ", append);
      awaitRequests(3, server);
      Ended.of(append, "yes").assertQuietlyDone();
      assertEquals(
          List.of(
              "POST " + STREAM + " seq 0 one\n",
              "POST " + STREAM + " seq 1 a prompt: ",
              "POST " + STREAM + " seq 2 yes"),
          server.requests().subList(1, 4));
    }
  }

  private static void write(String text, SluiceProcess append) throws Exception {
    OutputStream in = append.process().getOutputStream();
    in.write(text.getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  private static void awaitRequests(int count, ScriptedServer server) throws InterruptedException {
    while (server.requests().size() < count) {
      Thread.sleep(5);
    }
  }

  /** Of two appends: a line or, where the machine has stopped in the middle of it, a part. */
  private static String inItIsTheFirst(ScriptedServer server) {
    String first = server.requests().get(1);
    int length = first.length() - ("POST " + STREAM + " seq 0 ").length();
    return " of the input the first " + length + " bytes are in it";
  }

  @Test
  void a_limit_is_told_in_the_words_of_the_server() throws Exception {
    try (var server =
        ScriptedServer.of(
            CREATED, APPENDED, text(507, "journal log is full: 10 bytes are the most"))) {
      String line = "x".repeat(200_000) + "\n";
      Ended.withInput(line + line, "append", server.stream("log"))
          .assertFailed(
              server.stream("log")
                  + ": journal log is full: 10 bytes are the most;"
                  + inItIsTheFirst(server));
    }
  }

  @Test
  void a_server_that_is_not_there_is_given_up_in_the_end() throws Exception {
    String url = "http://127.0.0.1:" + Ports.free() + STREAM;
    Ended ended = Ended.withInput("one\n", "append", "--retry-for", "300ms", url);
    assertEquals(
        List.of(
            "sluice: " + url + ": nothing answers there; trying again for 300ms",
            "sluice: " + url + ": nothing answers there, for 300ms now"),
        ended.err());
    assertEquals(1, ended.status());
  }

  @Test
  void an_interrupt_ends_the_wait_for_a_server() throws Exception {
    try (var server = ScriptedServer.of(CREATED);
        SluiceProcess append = SluiceProcess.start("append", server.stream("log"))) {
      write("one\n", append);
      append.awaitLine(Pattern.compile(".*trying again for 1m"));
      append.signal("TERM");
      List<String> said = append.awaitEnd();
      assertTrue(
          said.getLast().contains("interrupted; of the input the first 0 bytes"), said::toString);
      assertEquals(130, append.process().exitValue());
    }
  }

  @Test
  void after_an_interrupt_what_was_read_is_in() throws Exception {
    try (var server = ScriptedServer.of(CREATED, APPENDED);
        SluiceProcess append = SluiceProcess.start("append", server.stream("log"))) {
      write("one\n", append);
      awaitRequests(2, server);
      append.signal("TERM");
      assertEquals(List.of(), append.awaitEnd());
      assertEquals(130, append.process().exitValue());
    }
  }

  @Test
  void a_name_of_a_writer_that_is_in_use_gets_the_next_epoch() throws Exception {
    Handler fenced = status(403, "Producer-Epoch", "9000000000000");
    var epochs = new java.util.concurrent.CopyOnWriteArrayList<String>();
    Handler note = (request, response) -> epochs.add(request.header("Producer-Epoch"));
    try (var server = ScriptedServer.of(CREATED, fenced, note)) {
      Ended.withInput("one\n", "append", "--producer", "me", server.stream("log"))
          .assertQuietlyDone();
      assertEquals(List.of("9000000000001"), epochs);
    }
  }

  @Test
  void one_that_was_fenced_off_later_fails() throws Exception {
    Handler fenced = status(403, "Producer-Epoch", "9000000000000");
    try (var server = ScriptedServer.of(CREATED, APPENDED, fenced)) {
      String line = "x".repeat(200_000) + "\n";
      Ended.withInput(line + line, "append", "--producer", "me", server.stream("log"))
          .assertFailed(
              server.stream("log")
                  + ": another append with this --producer has taken over;"
                  + inItIsTheFirst(server));
    }
  }

  @Test
  void a_server_that_forgot_what_it_had_is_not_appended_to() throws Exception {
    Handler gap = text(409, "gap", "Producer-Expected-Seq", "0", "Producer-Received-Seq", "1");
    try (var server = ScriptedServer.of(CREATED, APPENDED, gap)) {
      String line = "x".repeat(200_000) + "\n";
      Ended.withInput(line + line, "append", server.stream("log"))
          .assertFailed(
              server.stream("log")
                  + ": has lost what this append had put in;"
                  + inItIsTheFirst(server));
    }
  }

  @Test
  void a_server_that_takes_no_appends_is_told_from_others() throws Exception {
    try (var server = ScriptedServer.of(status(405))) {
      Ended.withInput("one\n", "append", server.stream("log"))
          .assertFailed(
              server.stream("log")
                  + ": takes no appends; sluice serve does, at http://HOST:PORT/NAME");
    }
  }
}
