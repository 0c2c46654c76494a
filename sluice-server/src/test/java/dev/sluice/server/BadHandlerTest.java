package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Headers;
import dev.sluice.RequestException;
import dev.sluice.testkit.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A handler cannot be made to send what would be a header, a body or a response of its own. */
final class BadHandlerTest extends WireTest {
  private static final String INJECTED = "Injected: yes";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\r\n" + INJECTED,
        "a\n" + INJECTED,
        "a\r" + INJECTED,
        "\r\n\r\nHTTP/1.1 200 OK\r\n" + INJECTED,
        "a\u0000" + INJECTED,
        "a\u000b" + INJECTED,
        "a\u007f" + INJECTED,
        "\u010d\u010a" + INJECTED,
        "\u560d\u560a" + INJECTED
      })
  void a_value_that_would_break_out_is_refused_and_nothing_of_it_sent(String value)
      throws Exception {
    serve((request, response) -> {
      assertThrows(IllegalArgumentException.class, () -> response.headers().add("X", value));
      assertThrows(
          IllegalArgumentException.class, () -> response.inform(103, Headers.of("X", value)));
      assertThrows(IllegalArgumentException.class, () -> response.trailers().set("X-Sum", value));
      response.header("X-Escapes", value);
    });
    Reply reply = Reply.read(send(GET));
    assertEquals(500, reply.status());
    assertTrue(!reply.toString().contains(INJECTED), reply::toString);
    server.expectLogged("the value of X-Escapes holds U+");
    assertTrue(access.awaitLine().contains(" 500 "), access.lines()::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a:", "a\r\nb", "a\nb", "\u0000", "caf\u00e9", "a\tb"})
  void a_name_that_is_none_is_refused(String name) throws Exception {
    serve((request, response) -> response.header(name, "value"));
    assertEquals(500, Reply.read(send(GET)).status());
    server.expectLogged("not a header name: ");
    access.awaitLine();
  }

  @Test
  void a_text_that_quotes_the_request_cannot_break_out_of_the_log() throws Exception {
    serve((request, response) -> response.write("fine"));
    RawClient client = send("GET /%0d%0aforged HTTP/1.1\r\nHost: test\r\n\r\n");
    assertEquals("fine", Reply.read(client).body());
    String line = access.awaitLine();
    assertTrue(line.chars().allMatch(c -> c >= ' ' && c <= '~'), line);
  }

  @Test
  void an_error_that_quotes_the_request_stays_in_its_body() throws Exception {
    serve((request, response) -> {
      throw new RequestException(400, "odd\r\n" + INJECTED);
    });
    RawClient client = send(GET);
    Reply reply = Reply.read(client);
    assertEquals(400, reply.status());
    assertEquals("odd\r\n" + INJECTED + "\n", reply.body());
    assertNull(reply.headers().get("Injected"));
    access.awaitLine();
  }

  @Test
  void framing_of_its_own_is_not_sent_beside_the_servers() throws Exception {
    serve((request, response) -> {
      response.header("Transfer-Encoding", "gzip, chunked").header("Content-Length", "3");
      response.write("abc");
      response.flush();
    });
    RawClient client = send(GET + GET);
    for (int i = 0; i < 2; i++) {
      Reply reply = Reply.read(client);
      assertEquals("abc", reply.body());
      assertTrue(
          reply.headers().all("Transfer-Encoding").size()
                  + reply.headers().all("Content-Length").size()
              == 1,
          reply::toString);
    }
    access.await(2);
  }
}
