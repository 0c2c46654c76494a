package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Creating, appending, closing, deleting: what each request gets, and what is then there. */
abstract class StreamContract extends StreamFixture {

  @Test
  void put_creates_and_says_where_and_as_what() throws IOException {
    Answer created = put("ci/main", TEXT, "");
    assertEquals(201, created.status());
    assertEquals("http://127.0.0.1/v1/stream/ci/main", created.field("Location"));
    assertEquals("text/plain", created.field("Content-Type"));
    assertEquals(ZERO, created.field("Stream-Next-Offset"));
    assertNull(created.field("Stream-Closed"));
    assertEquals("", created.body());
  }

  @Test
  void the_location_has_the_port_that_the_client_used() throws IOException {
    RawClient client = connect();
    client.send("PUT /v1/stream/a HTTP/1.1\r\nHost: 127.0.0.1:81\r\nConnection: close\r\n\r\n");
    String location = Answer.parse(client.readToEnd()).field("Location");
    assertEquals("http://127.0.0.1:81/v1/stream/a", location);
  }

  @Test
  void a_body_of_a_put_is_the_first_data() throws IOException {
    assertEquals(offset(5), put("a", "", "hello").field("Stream-Next-Offset"));
    assertEquals(offset(6), post("a", octets(), "!").field("Stream-Next-Offset"));
    close("a");
    assertEquals("hello!", unchunked(read("a")));
  }

  @Test
  void put_again_is_ok_and_changes_nothing() throws IOException {
    put("a", TEXT, "one");
    Answer again = put("a", "Content-Type: TEXT/plain; charset=utf-8\r\n", "one");
    assertEquals(200, again.status());
    assertEquals(offset(3), again.field("Stream-Next-Offset"));
    assertEquals("text/plain", again.field("Content-Type"));
    assertEquals(3, tail("a"));
  }

  @Test
  void put_again_brings_no_data() throws IOException {
    put("a", TEXT, "");
    assertEquals(offset(0), put("a", TEXT, "hello").field("Stream-Next-Offset"));
  }

  @Test
  void a_put_with_data_that_closes_is_one_step() throws IOException {
    Answer created = put("a", TEXT + "Stream-Closed: true\r\n", "all of it");
    assertEquals(201, created.status());
    assertEquals("true", created.field("Stream-Closed"));
    assertEquals("all of it", unchunked(read("a")));
    assertEquals(200, put("a", TEXT + "Stream-Closed: true\r\n", "all of it").status());
  }

  @Test
  void of_puts_at_the_same_time_one_brings_the_first_data() throws Exception {
    for (int round = 0; round < 20; round++) {
      String name = "a" + round;
      List<Callable<Answer>> puts = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String body = "body " + i;
        puts.add(() -> put(name, TEXT, body));
      }
      Set<Integer> creators = new HashSet<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Answer>> answers = threads.invokeAll(puts);
        for (int i = 0; i < 8; i++) {
          int status = answers.get(i).get().status();
          assertTrue(status == 200 || status == 201, "status " + status);
          if (status == 201) {
            creators.add(i);
          }
        }
      }
      close(name);
      String first = unchunked(read(name));
      assertTrue(first.matches("body [0-7]"), first);
      assertEquals(1, creators.size(), creators.toString());
      for (int creator : creators) {
        assertEquals("body " + creator, first);
      }
      ask("DELETE", name, "", "");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Content-Type: text/html",
    "Stream-Closed: true",
    "Stream-TTL: 60",
    "Stream-Expires-At: 2999-01-01T00:00:00Z"
  })
  void put_of_something_else_is_a_conflict(String field) throws IOException {
    put("a", field.startsWith("Content-Type") ? TEXT : "", "");
    assertEquals(409, put("a", field + "\r\n", "").status());
    assertEquals(0, tail("a"));
  }

  @Test
  void put_may_create_what_is_closed_with_all_it_will_ever_have() throws IOException {
    Answer created = put("a", TEXT + "Stream-Closed: true\r\n", "all");
    assertEquals(201, created.status());
    assertEquals("true", created.field("Stream-Closed"));
    assertEquals(offset(3), created.field("Stream-Next-Offset"));
    assertEquals(200, put("a", TEXT + "Stream-Closed: TRUE\r\n", "all").status());
    assertEquals(409, put("a", TEXT, "").status());
    assertEquals("all", unchunked(read("a")));
  }

  @Test
  void post_appends_its_body_as_one_record() throws IOException {
    put("a", TEXT, "");
    Answer one = post("a", TEXT, "one\ntwo\n");
    assertEquals(204, one.status());
    assertEquals(offset(8), one.field("Stream-Next-Offset"));
    Answer two = chunked("a", TEXT, "2\r\nth\r\n1\r\nr\r\n3\r\nee\n\r\n0\r\n\r\n");
    assertEquals(offset(14), two.field("Stream-Next-Offset"));
    close("a");
    String lines = asked("GET /a?as=ndjson", "", "").body();
    assertTrue(lines.contains("\"kind\":\"stdout\",\"text\":\"one\\ntwo\\n\"}"), lines);
    assertTrue(lines.contains("\"kind\":\"stdout\",\"text\":\"three\\n\"}"), lines);
  }

  @Test
  void one_connection_appends_many_times() throws IOException {
    put("a", TEXT, "");
    RawClient client = connect();
    for (int i = 1; i <= 100; i++) {
      client.send(headOf("POST /v1/stream/a", TEXT + "Content-Length: 3\r\n") + "abc");
      Answer answer = Answer.parse(client.readUntil("\r\n\r\n"));
      assertEquals(204, answer.status());
      assertEquals(offset(3L * i), answer.field("Stream-Next-Offset"));
    }
  }

  @Test
  void what_cannot_be_appended_is_said() throws IOException {
    assertEquals(404, post("a", TEXT, "x").status());
    put("a", TEXT, "");
    assertEquals(400, post("a", TEXT, "").status());
    assertEquals(400, chunked("a", TEXT, "0\r\n\r\n").status());
    assertEquals(400, post("a", "", "x").status());
    Answer mismatch = post("a", "Content-Type: text/html\r\n", "x");
    assertEquals(409, mismatch.status());
    assertEquals("Content-Type: the journal's is text/plain\n", mismatch.body());
    assertNull(mismatch.field("Stream-Closed"));
    assertEquals(204, post("a", "Content-Type: Text/Plain;charset=utf-8\r\n", "x").status());
    assertEquals(1, tail("a"));
  }

  @Test
  void a_closed_journal_stays_as_it_is() throws IOException {
    put("a", TEXT, "abc");
    Answer closed = post("a", "Stream-Closed: true\r\n", "");
    assertEquals(204, closed.status());
    assertEquals("true", closed.field("Stream-Closed"));
    assertEquals(offset(3), closed.field("Stream-Next-Offset"));
    Answer again = post("a", "Stream-Closed: True\r\nContent-Type: text/html\r\n", "");
    assertEquals(204, again.status());
    assertEquals("true", again.field("Stream-Closed"));
    for (String type : new String[] {TEXT, "Content-Type: text/html\r\n"}) {
      for (String close : new String[] {"", "Stream-Closed: true\r\n"}) {
        Answer late = post("a", type + close, "late");
        assertEquals(409, late.status());
        assertEquals("true", late.field("Stream-Closed"));
        assertEquals(offset(3), late.field("Stream-Next-Offset"));
      }
    }
    assertEquals("abc", unchunked(read("a")));
  }

  @Test
  void the_last_data_and_the_close_come_together() throws IOException {
    put("a", TEXT, "abc");
    Answer closed = post("a", TEXT + "Stream-Closed: true\r\n", "d");
    assertEquals(204, closed.status());
    assertEquals("true", closed.field("Stream-Closed"));
    assertEquals(offset(4), closed.field("Stream-Next-Offset"));
    assertEquals("abcd", unchunked(read("a")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "yes", "1", ""})
  void only_true_closes(String value) throws IOException {
    put("a", TEXT, "");
    Answer open = post("a", TEXT + "Stream-Closed: " + value + "\r\n", "x");
    assertEquals(204, open.status());
    assertNull(open.field("Stream-Closed"));
    assertEquals(204, post("a", TEXT, "y").status());
  }

  @Test
  void head_tells_and_sends_no_body() throws IOException {
    put("a", TEXT + "Stream-TTL: 3600\r\n", "abc");
    put("b", "Stream-Expires-At: 2999-01-01T02:00:00.5+02:00\r\n", "");
    Answer a = head("a");
    assertEquals(200, a.status());
    assertEquals("text/plain", a.field("Content-Type"));
    assertEquals(offset(3), a.field("Stream-Next-Offset"));
    assertEquals("3600", a.field("Stream-TTL"));
    assertEquals("no-store", a.field("Cache-Control"));
    assertEquals(store.find("a").id(), a.field("Sluice-Journal"));
    assertNull(a.field("Stream-Closed"));
    assertEquals("2999-01-01T00:00:00.500Z", head("b").field("Stream-Expires-At"));
    close("a");
    assertEquals("true", head("a").field("Stream-Closed"));
    Answer missing = head("c");
    assertEquals(404, missing.status());
    assertEquals("", missing.body());
  }

  @Test
  void a_journal_that_nobody_uses_expires_also_if_somebody_asks_about_it() throws IOException {
    put("a", "Stream-TTL: 0\r\n", "x");
    assertEquals(404, post("a", octets(), "x").status());
    put("b", "Stream-TTL: 1\r\n", "x");
    awaitMissing("b");
    assertEquals(404, head("b").status());
    assertEquals(404, post("b", octets(), "x").status());
    assertEquals(404, asked("GET /b?as=raw", "", "").status());
    assertEquals(201, put("b", "", "").status());
  }

  @Test
  void what_is_deleted_is_gone_and_its_viewers_are_cut() throws IOException {
    put("a", TEXT, "abc");
    RawClient viewer = connect().send(headOf("GET /a?as=raw", "Connection: close\r\n"));
    viewer.readUntil("abc\r\n");
    assertEquals(204, ask("DELETE", "a", "", "").status());
    assertFalse(viewer.readToEnd().endsWith("0\r\n\r\n"), "a cut that looks complete");
    assertEquals(404, ask("DELETE", "a", "", "").status());
    assertEquals(404, post("a", TEXT, "x").status());
    assertEquals(404, asked("GET /a?as=raw", "", "").status());
    assertEquals(ZERO, put("a", "Content-Type: text/html\r\n", "").field("Stream-Next-Offset"));
  }

  @Test
  void other_methods_are_refused_and_named() throws IOException {
    put("a", TEXT, "");
    String allow = "DELETE, GET, HEAD, OPTIONS, POST, PUT";
    Answer refused = ask("PATCH", "a", "", "");
    assertEquals(405, refused.status());
    assertEquals(allow, refused.field("Allow"));
    Answer options = ask("OPTIONS", "a", "", "");
    assertEquals(204, options.status());
    assertEquals(allow, options.field("Allow"));
  }

  @Test
  void it_is_appended_only_where_it_was_meant_to_be() throws IOException {
    put("a", TEXT, "abc");
    Answer moved = post("a", TEXT + "Stream-Expected-Offset: " + ZERO + "\r\n", "x");
    assertEquals(412, moved.status());
    assertEquals(offset(3), moved.field("Stream-Next-Offset"));
    String here = "Stream-Expected-Offset: " + offset(3) + "\r\n";
    assertEquals(offset(4), post("a", TEXT + here, "d").field("Stream-Next-Offset"));
    assertEquals(412, post("a", TEXT + here, "d").status());
    assertEquals(400, post("a", TEXT + "Stream-Expected-Offset: 4\r\n", "x").status());
    String end = "Stream-Expected-Offset: " + offset(4) + "\r\nStream-Closed: true\r\n";
    assertEquals(412, post("a", here + "Stream-Closed: true\r\n", "").status());
    assertEquals(204, post("a", end, "").status());
    assertEquals(204, post("a", end, "").status());
    assertEquals(409, post("a", here + "Stream-Closed: true\r\n", "").status());
    assertEquals("abcd", unchunked(read("a")));
  }

  @Test
  void every_answer_keeps_other_pages_from_reading_it() throws IOException {
    Answer[] answers = {
      put("a", TEXT, ""),
      post("a", TEXT, "x"),
      post("a", "", "x"),
      head("a"),
      head("b"),
      ask("GET", "a", "", ""),
      ask("DELETE", "a", "", ""),
      put("-", "", "")
    };
    for (Answer answer : answers) {
      assertEquals("nosniff", answer.field("X-Content-Type-Options"));
      assertEquals("same-origin", answer.field("Cross-Origin-Resource-Policy"));
      assertNull(answer.field("Access-Control-Allow-Origin"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "POST", "DELETE"})
  void a_page_of_another_origin_or_host_changes_nothing(String method) throws IOException {
    put("a", TEXT, "abc");
    String name = method.equals("PUT") ? "b" : "a";
    for (String from : new String[] {"Sec-Fetch-Site: cross-site", "Origin: http://evil.example"}) {
      assertEquals(403, ask(method, name, TEXT + from + "\r\n", "x").status());
    }
    RawClient rebound = connect();
    rebound.send(
        "%s /v1/stream/%s HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
            .formatted(method, name));
    assertEquals(421, Answer.parse(rebound.readToEnd()).status());
    assertEquals(1, store.names().size());
    assertEquals(3, tail("a"));
  }

  static String octets() {
    return "Content-Type: application/octet-stream\r\n";
  }

  /** The data of a body that was sent in a few small chunks. */
  static String unchunked(String body) {
    var data = new StringBuilder();
    for (int at = 0; ; ) {
      int end = body.indexOf("\r\n", at);
      int length = Integer.parseInt(body.substring(at, end), 16);
      if (length == 0) {
        return data.toString();
      }
      data.append(body, end + 2, end + 2 + length);
      at = end + 2 + length + 2;
    }
  }
}
