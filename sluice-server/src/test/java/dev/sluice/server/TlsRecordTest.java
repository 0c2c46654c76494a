package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Connection;
import dev.sluice.Response;
import dev.sluice.testkit.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The records of open connections: what a flush becomes, and how connections end. */
final class TlsRecordTest extends TlsWireTest {
  private static final String POST = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n";
  private static final RawClient.Options SLOW =
      RawClient.Options.DEFAULTS.withReceiveBufferBytes(4 * 1024);

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void a_flush_is_a_record(String version) throws Exception {
    var first = new Gate();
    var second = new Gate();
    serveTls((request, response) -> {
      response.write("one\n");
      response.flush();
      first.pass();
      response.write("two\n");
      response.flush();
      second.pass();
      response.write("three\n");
    });
    TlsClient client = client(version).shakeHands().send(GET);
    String head = client.receiveBytes();
    assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n"), head);
    assertTrue(head.endsWith("\r\n\r\n4\r\none\n\r\n"), head);
    first.open();
    assertEquals("4\r\ntwo\n\r\n", client.receiveBytes());
    second.open();
    assertEquals("6\r\nthree\n\r\n0\r\n\r\n", client.receiveBytes());
  }

  @Test
  void long_writes_fill_their_records() throws Exception {
    byte[] bytes = new byte[60_000];
    serveTls((request, response) -> {
      response.headers().set("Content-Length", "60000");
      response.flush();
      response.write(bytes);
    });
    TlsClient client = client("TLSv1.3").shakeHands().send(GET);
    client.receiveUntil("\r\n\r\n");
    int records = 0;
    for (int length = 0; length < bytes.length; records++) {
      length += client.receiveBytes().length();
    }
    assertEquals(4, records);
  }

  @Test
  void a_client_that_stops_within_a_record_gets_all_of_it_later() throws Exception {
    long seed = System.nanoTime();
    byte[] bytes = new byte[3_000_000];
    new Random(seed).nextBytes(bytes);
    var stalled = new Gate();
    serveTls((request, response) -> {
      response.headers().set("Content-Length", Integer.toString(bytes.length));
      response.flush();
      for (int from = 0; from < bytes.length; from += 1000) {
        response.write(bytes, from, 1000);
        response.flush();
        if (from == 500_000) {
          stalled.open();
        }
      }
    });
    TlsClient client = client(SLOW, "TLSv1.3").shakeHands().send(GET);
    client.receiveUntil("\r\n\r\n");
    stalled.pass();
    var received = new ByteArrayOutputStream();
    while (received.size() < bytes.length) {
      received.writeBytes(client.receiveBytes().getBytes(StandardCharsets.ISO_8859_1));
    }
    assertArrayEquals(bytes, received.toByteArray(), "seed " + seed);
  }

  @Test
  void what_the_socket_did_not_take_is_sent_though_nobody_writes_more() throws Exception {
    var written = new Gate();
    var read = new Gate();
    serveTls((request, response) -> {
      fillUp(response, written);
      read.pass();
    });
    TlsClient client = client(SLOW, "TLSv1.3").shakeHands().send(GET);
    written.pass();
    client.receiveUntil("last\n\r\n");
    read.open();
  }

  /** Writes until what was written does not fit any more; that write has returned. */
  private static void fillUp(Response response, Gate written) throws IOException {
    for (int i = 0; i < 2000; i++) {
      response.write("x".repeat(100) + "\n");
      response.flush();
    }
    written.open();
    response.write("last\n");
    response.flush();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void the_end_of_a_connection_is_said(String version) throws Exception {
    serveTls((request, response) -> response.write("bye"));
    TlsClient client =
        client(version).shakeHands().send(GET.replace("Host", "Connection: close\r\nHost"));
    client.receiveUntil("bye");
    assertNull(client.receiveBytes(), "close_notify");
    client.raw().expectEnd();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void a_cut_is_not_said_to_be_an_end(String version) throws Exception {
    serveTls((request, response) -> {
      response.write("begun");
      response.flush();
      throw new IllegalStateException("on purpose");
    });
    TlsClient client = client(version).shakeHands().send(GET.replace("HTTP/1.1", "HTTP/1.0"));
    client.receiveUntil("begun");
    client.raw().expectReset();
    server.expectLogged("on purpose");
  }

  @Test
  void renegotiation_ends_the_connection() throws Exception {
    var handles = new Gate();
    serveTls((request, response) -> {
      response.flush();
      handles.open();
      Thread.sleep(Long.MAX_VALUE);
    });
    TlsClient client = client("TLSv1.2").shakeHands().send(GET);
    client.receiveUntil("\r\n\r\n");
    handles.pass();
    client.shakeHandsAgain();
    expectCut(client);
    assertTrue(access.await(2).getFirst().endsWith("TLS: cut: the client wants to renegotiate"));
  }

  @Test
  void a_changed_byte_ends_the_connection() throws Exception {
    serveTls((request, response) -> {});
    TlsClient client = client("TLSv1.3").shakeHands();
    byte[] record = client.record(GET);
    record[20] ^= 1;
    client.raw().send(record);
    expectCut(client);
    assertTrue(access.awaitLine().contains(" - - TLS: cut: "));
  }

  private static void expectCut(TlsClient client) {
    assertThrows(
        IOException.class,
        () -> {
          try {
            client.receiveBytes();
          } catch (AssertionError e) {
            throw new IOException(e); // the socket's end, or its reset
          }
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_body_that_is_cut_is_not_whole(boolean said) throws Exception {
    var failed = new CompletableFuture<IOException>();
    serveTls((request, response) -> {
      try {
        request.body().readAllBytes();
      } catch (IOException e) {
        failed.complete(e);
        throw e;
      }
    });
    TlsClient client = client("TLSv1.3").shakeHands().send(POST + "01234");
    if (said) {
      client.sendEnd();
    } else {
      client.raw().shutdownOutput();
    }
    failed.get(60, TimeUnit.SECONDS);
  }

  @Test
  void the_end_that_a_client_says_lets_it_be_served_if_that_is_wanted() throws Exception {
    serveTls(
        options -> options.withHalfClose(true), (request, response) -> response.write("served"));
    TlsClient client = client("TLSv1.3").shakeHands().send(GET);
    client.sendEnd();
    client.receiveUntil("served");
    assertNull(client.receiveBytes());
  }

  @Test
  void requests_that_come_in_one_record_are_all_answered() throws Exception {
    serveTls((request, response) -> response.write("hello"));
    TlsClient client = client("TLSv1.3").shakeHands().send(GET.repeat(5));
    for (int i = 0; i < 5; i++) {
      client.receiveUntil("hello");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void the_end_of_raw_bytes_is_one_only_if_it_was_said(boolean said) throws Exception {
    var ended = new CompletableFuture<Object>();
    serveTls((request, response) -> {
      try (Connection raw = response.hijack()) {
        raw.out().write("go on\n".getBytes(StandardCharsets.US_ASCII));
        raw.in().readNBytes(3);
        ended.complete(raw.in().read());
      } catch (IOException e) {
        ended.complete(e);
      }
    });
    TlsClient client = client("TLSv1.3").shakeHands().send(GET);
    client.receiveUntil("go on\n");
    client.send("raw");
    if (said) {
      client.sendEnd();
    } else {
      client.raw().shutdownOutput();
    }
    Object end = ended.get(60, TimeUnit.SECONDS);
    assertEquals(said, end.equals(-1), () -> "the end: " + end);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 16_000})
  void a_long_body_comes_whole_in_records_of_any_size(int size) throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    String body = "0123456789abcdef".repeat(size * 50 / 16);
    serveTls((request, response) -> {
      byte[] received = request.body().readAllBytes();
      response.write(
          new String(received, StandardCharsets.ISO_8859_1).equals(body) ? "same" : "no");
    });
    TlsClient client = client("TLSv1.3").shakeHands();
    var records = new ByteArrayOutputStream();
    records.writeBytes(client.record(POST.replace("10", Integer.toString(body.length()))));
    for (int from = 0; from < body.length(); from += size) {
      int to = Math.min(from + size, body.length());
      records.writeBytes(client.record(body.substring(from, to)));
    }
    byte[] all = records.toByteArray();
    for (int from = 0; from < all.length; ) {
      int to = Math.min(from + 1 + random.nextInt(3 * size + 30), all.length);
      client.raw().send(Arrays.copyOfRange(all, from, to));
      from = to;
    }
    assertTrue(client.receiveUntil("same").endsWith("same"), "seed " + seed);
  }

  @Test
  void the_end_of_a_hijacked_connection_is_said() throws Exception {
    serveTls((request, response) -> {
      try (Connection raw = response.hijack()) {
        raw.out().write("x".repeat(3_000_000).getBytes(StandardCharsets.US_ASCII));
      }
    });
    TlsClient client = client(SLOW, "TLSv1.3").shakeHands().send(GET);
    int received = 0;
    for (String bytes = client.receiveBytes(); bytes != null; bytes = client.receiveBytes()) {
      received += bytes.length();
    }
    assertEquals(3_000_000, received);
    client.raw().expectEnd();
  }

  /** What waits to be sent is encrypted already, and more than it takes in one deadline. */
  @Test
  void a_client_that_takes_a_part_of_a_record_now_and_then_is_not_cut() throws Exception {
    var writing = new CompletableFuture<Thread>();
    var failure = new CompletableFuture<IOException>();
    serveTls((request, response) -> {
      response.progressDeadline(Duration.ofSeconds(2));
      writing.complete(Thread.currentThread());
      failure.complete(assertThrows(IOException.class, () -> writeForever(response)));
    });
    TlsClient client = client(SLOW, "TLSv1.3").shakeHands().send(GET);
    Stall.await(writing.get(60, TimeUnit.SECONDS));
    for (int i = 0; i < 20; i++) {
      client.raw().readExactly(1000);
      Thread.sleep(150);
      assertFalse(failure.isDone(), () -> "cut: " + failure.resultNow());
    }
    client.close();
    failure.get(60, TimeUnit.SECONDS);
  }

  private static void writeForever(Response response) throws IOException {
    while (true) {
      response.write(new byte[64 * 1024]);
    }
  }

  /** In cleartext the operating system has it, and goes on when the connection is closed. */
  @Test
  void a_slow_client_gets_the_end_of_the_last_response_after_any_time() throws Exception {
    var writing = new CompletableFuture<Thread>();
    var stop = new CompletableFuture<Void>();
    serveTls(
        options ->
            options.withTimeouts(
                options
                    .timeouts()
                    .withWrite(Duration.ofSeconds(3))
                    .withEnding(Duration.ofMillis(100), Duration.ofMillis(100))),
        (request, response) -> {
          response.flush();
          writing.complete(Thread.currentThread());
          while (!stop.isDone()) {
            response.write("x".repeat(1000));
            response.flush();
          }
          response.write("y".repeat(8000) + "last");
        });
    TlsClient client =
        client(SLOW, "TLSv1.3").shakeHands().send(GET.replace("Host", "Connection: close\r\nHost"));
    Stall.await(writing.get(60, TimeUnit.SECONDS));
    stop.complete(null);
    while (server.handlersRunning() > 0) {
      client.receiveBytes(); // 1000 of them
      Thread.sleep(30);
    }
    Thread.sleep(350); // more than it lingers
    client.receiveUntil("last\r\n0\r\n\r\n");
    assertNull(client.receiveBytes());
  }
}
