package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is kept for a client that sends more than anybody reads: a little more than 64 KiB. What
 * else the JVM does may show as several times as much, and what was sent is more than all of that.
 */
final class KeptBytesTest extends WireTest {
  private static final int CLIENTS = 32;
  private static final int FLOOD_BYTES = 2 * Memory.MIB;
  private static final int KEPT_BYTES_MAX = 512 * 1024;

  private final CountDownLatch released = new CountDownLatch(1);
  private final Gate stopping = new Gate();
  private final Gate loopStopped = new Gate();
  private final Gate flooded = new Gate();
  private final List<SocketChannel> clients = new ArrayList<>();

  static Stream<Arguments> floods() {
    return Stream.of(
        argumentSet(
            "a body with a length",
            "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 999999999\r\n\r\n",
            "x"),
        argumentSet("what was sent ahead", GET, "x"),
        argumentSet(
            "a body in chunks of one byte",
            "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1\r\nx\r\n"));
  }

  @AfterEach
  void close() throws IOException {
    for (SocketChannel client : clients) {
      client.close();
    }
    released.countDown();
  }

  @ParameterizedTest
  @MethodSource("floods")
  void E1_a_client_that_goes_on_sending_does_not_fill_the_memory(String head, String repeated)
      throws Exception {
    serve(options -> options.withLoops(1), this::handle);
    ByteBuffer flood = flood(head, repeated);
    connect(flood); // what the first one costs is not a connection's
    awaitRead();
    stopLoop();
    long before = Memory.used();
    for (int i = 0; i < CLIENTS; i++) {
      connect(flood);
    }
    flooded.open();
    awaitRead();
    long kept = (Memory.usedBelow(before + CLIENTS * KEPT_BYTES_MAX) - before) / CLIENTS;
    assertTrue(kept < KEPT_BYTES_MAX, () -> kept + " bytes are kept for each connection");
  }

  private void handle(Request request, Response response) throws InterruptedException {
    switch (request.path()) {
      case "/quick" -> {}
      case "/stop" -> {
        request.cancelled().onSet(this::waitForFlood);
        stopping.open();
        loopStopped.pass();
      }
      default -> released.await();
    }
  }

  /** Runs on the loop. */
  private void waitForFlood() {
    loopStopped.open();
    try {
      flooded.pass();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All that is sent is there when the loop reads, and it never has to wait for more. */
  private void stopLoop() throws Exception {
    RawClient client = send("GET /stop HTTP/1.1\r\nHost: test\r\n\r\n");
    stopping.pass();
    client.reset();
    loopStopped.pass();
  }

  private static ByteBuffer flood(String head, String repeated) {
    byte[] part = repeated.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer flood = ByteBuffer.allocateDirect(FLOOD_BYTES);
    flood.put(head.getBytes(StandardCharsets.US_ASCII));
    while (flood.remaining() >= part.length) {
      flood.put(part);
    }
    return flood.flip();
  }

  /** Connects, and sends as much as the system takes. */
  private void connect(ByteBuffer flood) throws IOException {
    SocketChannel client = SocketChannel.open(server.address());
    clients.add(client);
    client.configureBlocking(false);
    ByteBuffer left = flood.duplicate();
    while (client.write(left) > 0) {
      // goes on
    }
  }

  /** Waits until the loop has read what it wants: it has come back to another connection twice. */
  private void awaitRead() throws Exception {
    Await.until("handlers run", () -> server.handlersRunning() == clients.size());
    RawClient other = connect();
    for (int i = 0; i < 2; i++) {
      other.send("GET /quick HTTP/1.1\r\nHost: test\r\n\r\n");
      assertEquals(200, Reply.read(other).status());
    }
  }
}
