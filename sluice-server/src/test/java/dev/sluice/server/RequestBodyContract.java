package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The rules C4 to C6: a request body is read while the response is written, or not at all. */
abstract class RequestBodyContract extends Contract {
  RequestBodyContract(Transport transport) {
    super(transport);
  }

  @Test
  void C4_reading_and_writing_interleave() throws Exception {
    serve((request, response) -> {
      InputStream body = request.body();
      for (int b = body.read(); b >= 0; b = body.read()) {
        response.write(new byte[] {(byte) Character.toUpperCase(b)});
        response.flush();
      }
      response.write("!");
    });
    var exchange = connect().send(ContractRequest.upload("/"));
    for (char c = 'a'; c <= 'z'; c++) {
      exchange.send(Character.toString(c));
      assertEquals(Character.toString(c - 'a' + 'A'), exchange.read(1));
    }
    exchange.endBody();
    var rest = exchange.end();
    assertEquals("!", rest.text());
    assertTrue(rest.complete());
  }

  @Test
  void C4_a_response_may_begin_before_any_of_the_body_has_come() throws Exception {
    serve((request, response) -> {
      response.write("ready");
      response.flush();
      byte[] body = request.body().readAllBytes();
      response.write(body);
    });
    var exchange = connect().send(ContractRequest.upload("/"));
    assertEquals("ready", exchange.read(5));
    exchange.send("data");
    exchange.endBody();
    assertEquals("data", exchange.end().text());
  }

  @Test
  void C4_one_thread_reads_while_another_writes() throws Exception {
    int size = 4 * 1024 * 1024;
    serve((request, response) -> {
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  response.write(new byte[size]);
                  response.flush();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      long count = request.body().transferTo(OutputStream.nullOutputStream());
      writer.join();
      response.write(Long.toString(count));
    });
    var exchange = connect().send(ContractRequest.upload("/"));
    String part = "x".repeat(64 * 1024);
    Thread sender = Thread.ofPlatform().start(() -> sendAll(exchange, part, 64));
    exchange.skip(size);
    sender.join();
    assertEquals(Integer.toString(size), exchange.end().text());
  }

  private static void sendAll(ContractExchange exchange, String part, int times) {
    try {
      for (int i = 0; i < times; i++) {
        exchange.send(part);
      }
      exchange.endBody();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_body_is_read_as_it_was_sent() throws Exception {
    serve((request, response) -> response.write(request.body().readAllBytes()));
    String body = "0123456789".repeat(30_000);
    var exchange = connect().send(ContractRequest.of("POST", "/").withBody(body));
    assertEquals(body, exchange.end().text());
  }

  @Test
  void a_request_without_a_body_has_an_empty_one() throws Exception {
    var exchange = get((request, response) -> assertEquals(-1, request.body().read()));
    assertTrue(exchange.end().complete());
  }

  @Test
  void a_read_that_waits_fails_when_the_client_goes() throws Exception {
    var reading = new Gate();
    serve((request, response) -> {
      response.interruptOnCancel(false);
      assertEquals('a', request.body().read());
      reading.open();
      assertThrows(StreamClosedException.class, () -> request.body().read());
    });
    var exchange = connect().send(ContractRequest.upload("/"));
    exchange.send("a");
    reading.pass();
    exchange.cancel();
    server.awaitHandlers();
  }

  @Test
  void C5_a_short_body_that_was_not_read_does_not_stop_the_next_request() throws Exception {
    serve((request, response) -> response.write(request.path()));
    var client = connect();
    var first = client.send(ContractRequest.of("POST", "/1").withBody("x".repeat(256 * 1024)));
    assertEquals("/1", first.end().text());
    assertEquals("/2", client.get("/2").end().text());
  }

  @Test
  void C5_a_body_that_was_read_in_part_does_not_stop_the_next_request() throws Exception {
    serve((request, response) -> {
      int length = Math.max(0, request.body().read(new byte[10]));
      response.write(request.path() + (length > 0));
    });
    var client = connect();
    var first = client.send(ContractRequest.of("POST", "/1").withBody("x".repeat(100_000)));
    assertEquals("/1true", first.end().text());
    assertEquals("/2false", client.get("/2").end().text());
  }

  @Test
  void C5_an_early_response_to_a_large_upload_is_read_whole_and_not_reset_away() throws Exception {
    String answer = "no, thank you. ".repeat(10_000);
    serve((request, response) -> {
      response.status(403);
      response.write(answer);
    });
    var exchange = connect().send(ContractRequest.upload("/"));
    Thread sender = Thread.ofPlatform().start(() -> sendUntilRefused(exchange));
    assertEquals(403, exchange.head().status());
    var body = exchange.end();
    assertEquals(answer, body.text());
    assertTrue(body.complete(), body.cutBy());
    exchange.cancel();
    sender.join();
  }

  private static void sendUntilRefused(ContractExchange exchange) {
    String part = "x".repeat(16 * 1024);
    try {
      while (true) {
        exchange.send(part);
      }
    } catch (IOException e) {
      // The server has had enough.
    }
  }

  @Test
  void C6_100_continue_is_sent_on_the_first_read_of_the_body() throws Exception {
    var gate = new Gate();
    serve((request, response) -> {
      gate.pass();
      response.write(request.body().readAllBytes());
    });
    var exchange = connect().send(ContractRequest.upload("/").withHeader("Expect", "100-continue"));
    gate.open();
    assertEquals(100, exchange.nextHead().status());
    exchange.send("data");
    exchange.endBody();
    assertEquals(200, exchange.head().status());
    assertEquals("data", exchange.end().text());
  }

  @Test
  void C6_a_final_status_first_suppresses_100_continue() throws Exception {
    serve((request, response) -> {
      response.status(403);
      response.write("no");
    });
    var exchange = connect().send(ContractRequest.upload("/").withHeader("Expect", "100-continue"));
    assertEquals(403, exchange.nextHead().status());
  }

  @Test
  void C6_a_flushed_head_suppresses_100_continue_though_the_body_is_then_read() throws Exception {
    serve((request, response) -> {
      response.flush();
      response.write(request.body().readAllBytes());
    });
    var exchange = connect().send(ContractRequest.upload("/").withHeader("Expect", "100-continue"));
    var head = exchange.nextHead();
    assertEquals(200, head.status());
    exchange.send("data");
    exchange.endBody();
    var body = exchange.body().readAllBytes();
    assertEquals("data", new String(body, StandardCharsets.US_ASCII));
  }

  @RepeatedTest(20)
  void C6_100_continue_and_the_response_do_not_interleave_though_two_threads_send_them()
      throws Exception {
    serve((request, response) -> {
      Thread reader =
          Thread.ofVirtual().start(() -> assertDoesNotThrow(() -> request.body().readAllBytes()));
      response.write("hello");
      response.flush();
      reader.join();
    });
    var exchange = connect().send(ContractRequest.upload("/").withHeader("Expect", "100-continue"));
    int status = exchange.nextHead().status();
    assertEquals(200, status == 100 ? exchange.nextHead().status() : status);
    exchange.send("data");
    exchange.endBody();
    assertEquals("hello", exchange.end().text());
  }
}
