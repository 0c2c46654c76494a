package dev.sluice.server;

import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.CloseReason.FELL_BEHIND;
import static dev.sluice.server.LineFollow.LINES;
import static dev.sluice.server.RawFollow.RAW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.RawClient;
import org.junit.jupiter.api.Test;

/** Following on HTTP/1.0, by HEAD, on a connection that closes, and with a length. */
final class FollowVariantsTest extends FollowFixture {
  private static final String GET_10 = "GET / HTTP/1.0\r\n\r\n";

  private static String body(String response) {
    return response.substring(response.indexOf("\r\n\r\n") + 4);
  }

  @Test
  void on_HTTP_1_0_the_bytes_are_raw_and_the_close_is_the_end() throws Exception {
    serveFollowing(LINES);
    RawClient client = send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    String head = client.readUntil("\r\n\r\n");
    assertFalse(head.contains("Transfer-Encoding"), head);
    assertFalse(head.contains("Trailer"), head);
    assertTrue(head.contains("\r\nConnection: close\r\n"), head);
    assertEquals("open 0 0\n", client.readUntil("\n"));
    append("live");
    assertEquals("stdout 4 4\nlive\n", client.readExactly(16));
    journal.close(new Ending(0, null));
    assertEquals("end 4 0\n", client.readToEnd());
    ends.await(COMPLETED);
  }

  @Test
  void on_HTTP_1_0_an_empty_journal_is_an_empty_body() throws Exception {
    journal.close(Ending.PLAIN);
    serveFollowing(RAW);
    assertEquals("", body(send(GET_10).readToEnd()));
    ends.await(COMPLETED);
  }

  @Test
  void on_HTTP_1_0_a_large_journal_is_whole() throws Exception {
    String all = "0123456789abcdef".repeat(1 << 16);
    append(all);
    journal.close(Ending.PLAIN);
    serveFollowing(RAW);
    assertEquals(all, body(connect(SLOW).send(GET_10).readToEnd()));
  }

  @Test
  void on_HTTP_1_0_a_cut_is_a_reset() throws Exception {
    append(new byte[65 << 20]);
    assertTrue(journal.start().position() > 0);
    serveFollowing(RAW);
    send(GET_10).expectReset();
    ends.await(FELL_BEHIND);
  }

  @Test
  void HEAD_has_the_head_alone_and_does_not_wait() throws Exception {
    append("some");
    serveFollowing(LINES);
    RawClient client = connect();
    for (int i = 0; i < 3; i++) {
      client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
      Reply reply = Reply.read(client, false);
      assertEquals(200, reply.status());
      assertEquals("application/x-lines", reply.headers().get("Content-Type"));
    }
    ends.await(COMPLETED, COMPLETED, COMPLETED);
    journal.close(Ending.PLAIN);
    client.send(GET);
    assertEquals(4, new Lines(FollowedBody.read(client), 0).readToEnd().data().length);
  }

  @Test
  void HEAD_too_refuses_calls_after_it() throws Exception {
    Handler following = following(RAW);
    var checked = new Gate();
    serve((request, response) -> {
      following.handle(request, response);
      assertThrows(IllegalStateException.class, () -> response.write("late"));
      assertThrows(
          IllegalStateException.class,
          () -> response.follow(journal, Offset.ZERO, RAW, reason -> {}));
      checked.open();
    });
    RawClient client = send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
    assertEquals(200, Reply.read(client, false).status());
    checked.pass();
  }

  @Test
  void a_connection_that_is_to_be_closed_is_closed_after_it() throws Exception {
    append("last");
    serveFollowing(LINES);
    RawClient client = send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    FollowedBody body = FollowedBody.read(client);
    assertTrue(body.head().contains("\r\nConnection: close\r\n"), body.head());
    Lines lines = new Lines(body, 0).readTo(4);
    journal.close(new Ending(7, null));
    lines.readToEnd();
    assertEquals("X-Status: 7\r\n", body.trailers());
    client.expectEnd();
    ends.await(COMPLETED);
  }

  /** Refusing the call is as good as enforcing the length. */
  @Test
  void a_declared_length_never_makes_the_framing_wrong() throws Exception {
    append("hello");
    journal.close(Ending.PLAIN);
    Handler following = following(RAW);
    serve((request, response) -> {
      response.length(request.target().equals("/?0") ? 3 : 10);
      try {
        following.handle(request, response);
      } catch (IllegalStateException e) {
        ends.forgetLast();
        response.reset();
        response.write("refused");
      }
    });
    for (String target : new String[] {"/?0", "/?1"}) {
      String request = "GET %s HTTP/1.1\r\nHost: test\r\n\r\n".formatted(target);
      RawClient client =
          send(request + request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
      String all = client.readToEnd();
      String first = body(all);
      int length = Integer.parseInt(all.replaceFirst("(?s).*?Content-Length: (\\d+).*", "$1"));
      String rest = first.substring(Math.min(length, first.length()));
      boolean cut = first.length() <= length && !first.contains("HTTP/1.1");
      assertTrue(cut || rest.startsWith("HTTP/1.1 "), () -> shown(all));
      assertFalse(first.substring(0, Math.min(length, first.length())).contains("HTTP"), all);
    }
  }

  @Test
  void a_client_that_closes_its_side_goes_on_being_served_if_that_is_wanted() throws Exception {
    serve(options -> options.withHalfClose(true), following(RAW));
    RawClient client = send(GET);
    client.shutdownOutput();
    FollowedBody body = FollowedBody.read(client);
    append("live");
    assertEquals("live", body.readText(4));
    journal.close(Ending.PLAIN);
    assertEquals("", body.readToEnd());
    client.expectEnd();
    ends.await(COMPLETED);
  }
}
