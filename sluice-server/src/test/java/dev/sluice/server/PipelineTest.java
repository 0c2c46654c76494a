package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was sent ahead: it waits its turn, whether it is good or bad. */
final class PipelineTest extends WireTest {
  @Test
  void requests_are_answered_one_by_one_in_order() throws Exception {
    serve((request, response) -> response.write(request.path()));
    var requests = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: test\r\n\r\n");
    }
    RawClient client = send(requests.toString());
    for (int i = 0; i < 200; i++) {
      assertEquals("/" + i, Reply.read(client).body());
    }
    access.await(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\nHost: test\n\n",
        "GET  / HTTP/1.1\r\nHost: test\r\n\r\n",
        "\u0000"
      })
  void garbage_behind_a_request_is_refused_after_its_response(String garbage) throws Exception {
    serve((request, response) -> response.write("fine"));
    RawClient client = send(GET + GET + garbage);
    assertEquals("fine", Reply.read(client).body());
    assertEquals("fine", Reply.read(client).body());
    Reply refusal = Reply.read(client);
    assertEquals(400, refusal.status());
    assertTrue(refusal.closes(), refusal::toString);
    client.expectEnd();
    access.await(3);
  }

  @Test
  void garbage_while_a_response_streams_waits_for_its_end() throws Exception {
    var sent = new Gate();
    serve((request, response) -> {
      response.write("begin");
      response.flush();
      sent.pass();
      response.write("end");
    });
    RawClient client = send(GET + "gar");
    client.readUntil("\r\n\r\n5\r\nbegin\r\n");
    client.send("bage\r\n\r\n\u0000\u0000");
    sent.open();
    assertEquals("3\r\nend\r\n0\r\n\r\n", client.readExactly(13));
    assertEquals(400, Reply.read(client).status());
    client.expectEnd();
    access.await(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: test\r\nConnection: x, Close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n"
      })
  void nothing_is_served_behind_a_request_that_closes(String last) throws Exception {
    serve((request, response) -> response.write("fine"));
    RawClient client = send(last + GET + "garbage\r\n\r\n");
    Reply reply = Reply.read(client);
    assertEquals("fine", reply.body());
    assertTrue(reply.closes(), reply::toString);
    client.expectEnd();
    access.awaitLine();
  }

  @Test
  void nothing_is_served_behind_a_response_that_closes() throws Exception {
    serve((request, response) -> response.header("Connection", "close").write("fine"));
    RawClient client = send(GET + GET);
    assertEquals("fine", Reply.read(client).body());
    client.expectEnd();
    access.awaitLine();
  }

  @Test
  void a_body_is_never_taken_for_a_request() throws Exception {
    serve((request, response) -> response.write(request.method()));
    RawClient client =
        send(
            "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(GET.length(), GET)
                + "PUT / HTTP/1.1\r\nHost: test\r\n\r\n");
    assertEquals("POST", Reply.read(client).body());
    assertEquals("PUT", Reply.read(client).body());
    access.await(2);
  }
}
