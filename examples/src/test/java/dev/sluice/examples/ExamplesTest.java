package dev.sluice.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Filters;
import dev.sluice.Handler;
import dev.sluice.HttpVersion;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import dev.sluice.testkit.LeakCheck;
import dev.sluice.testkit.RawClient;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The examples over the wire: the buffered ones arrive at once, the others in time. */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
final class ExamplesTest {
  private static final String GET =
      "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

  // Held, since a logger that is collected forgets its level.
  private static final Logger ACCESS = Logger.getLogger("dev.sluice.access");

  private LeakCheck leaks;
  private Server server;
  private RawClient client;

  @BeforeEach
  void remember() {
    ACCESS.setLevel(Level.OFF);
    leaks = LeakCheck.before();
  }

  /** Serves a handler and asks for it. */
  private RawClient get(Handler handler) throws IOException {
    return get(handler, RawClient.Options.DEFAULTS);
  }

  private RawClient get(Handler handler, RawClient.Options options) throws IOException {
    server = Server.start(ServerOptions.defaults().withPort(0), handler);
    client = RawClient.connect(server.address(), options);
    return client.send(GET);
  }

  @AfterEach
  void stop() throws Exception {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.shutdown(Duration.ZERO);
    }
    leaks.assertNoneLeaked();
    ACCESS.setLevel(null);
  }

  @Test
  void the_table_of_examples_is_complete() {
    assertEquals(
        List.of("/buffered", "/flush", "/buffering-wrapper", "/large", "/command", "/hijack"),
        Example.all().stream().map(Example::path).toList());
  }

  @Test
  void buffered_nothing_arrives_before_the_handler_returns_and_then_all_with_its_length()
      throws Exception {
    var handler = new WatchedHandler(new BufferedExample(Duration.ZERO));
    get(handler);
    handler.awaitDone();
    assertTrue(handler.bytesWritten() > 0);
    assertNothingArrived();
    handler.goOn();
    String head = client.readUntil("\r\n\r\n");
    assertTrue(head.contains("Content-Length: " + handler.bytesWritten() + "\r\n"), head);
    assertEquals(
        """
        line 1 of 3
        line 2 of 3
        line 3 of 3
        """,
        client.readToEnd());
  }

  @Test
  void flush_each_line_arrives_before_the_handler_goes_on() throws Exception {
    var handler = new WatchedHandler(new FlushExample(Duration.ZERO));
    get(handler);
    String head = client.readUntil("\r\n\r\n");
    assertTrue(head.contains("Transfer-Encoding: chunked\r\n"), head);
    for (int i = 1; i <= 5; i++) {
      assertEquals("7\r\ntick " + i + "\n\r\n", client.readExactly(12));
      assertFalse(handler.isDone());
      handler.goOn();
    }
    handler.awaitDone();
    assertNothingArrived();
    handler.goOn();
    assertEquals("0\r\n\r\n", client.readToEnd());
  }

  @Test
  void buffering_wrapper_the_same_handler_says_that_it_must_buffer_and_arrives_at_once()
      throws Exception {
    var handler = new WatchedHandler(Filters.buffered(new FlushExample(Duration.ZERO), 64 * 1024));
    get(handler);
    handler.awaitDone();
    assertNothingArrived();
    handler.goOn();
    String head = client.readUntil("\r\n\r\n");
    String body =
        """
        this response must buffer: you get everything at the end
        tick 1
        tick 2
        tick 3
        tick 4
        tick 5
        """;
    assertTrue(head.contains("Content-Length: " + body.length() + "\r\n"), head);
    assertEquals(body, client.readToEnd());
  }

  @Test
  void large_is_made_no_faster_than_it_is_read_and_has_exactly_its_length() throws Exception {
    int megabyte = 1024 * 1024;
    // More than the server's socket may hold, by the defaults of Linux; the client's holds little.
    int inFlightMax = 16 * megabyte;
    var little = RawClient.Options.DEFAULTS.withReceiveBufferBytes(64 * 1024);
    int length = 100 * megabyte + 1;
    var handler = new WatchedHandler(new LargeExample(length));
    get(handler, little);
    String head = client.readUntil("\r\n\r\n");
    assertTrue(head.contains("Content-Length: " + length + "\r\n"), head);
    for (long read = 0; read < length - 1; ) {
      read += client.readExactly(megabyte).length();
      long ahead = handler.bytesWritten() - read;
      assertTrue(ahead < inFlightMax, () -> ahead + " bytes ahead of the client");
    }
    handler.awaitDone();
    handler.goOn();
    assertEquals(1, client.readToEnd().length());
    assertEquals(length, handler.bytesWritten());
  }

  @Test
  void command_each_line_arrives_while_the_command_waits_for_the_client_to_have_it(
      @TempDir Path directory) throws Exception {
    Path read = directory.resolve("read");
    String script = "echo one; until [ -e \"$0\" ]; do sleep 0.01; done; echo two";
    get(new CommandExample(List.of("sh", "-c", script, read.toString())));
    String head = client.readUntil("\r\n\r\n");
    assertTrue(head.contains("Content-Type: text/plain; charset=utf-8\r\n"), head);
    assertEquals("4\r\none\n\r\n", client.readExactly(9));
    Files.createFile(read);
    assertEquals("4\r\ntwo\n\r\n0\r\n\r\n", client.readToEnd());
  }

  @Test
  void command_is_ended_when_the_client_goes() throws Exception {
    get(new CommandExample(List.of("sh", "-c", "echo $$; exec sleep 1000")));
    client.readUntil("\r\n\r\n");
    client.readUntil("\r\n");
    ProcessHandle command =
        ProcessHandle.of(Long.parseLong(client.readUntil("\n").strip())).orElseThrow();
    assertTrue(command.isAlive());
    client.close();
    command.onExit().get(10, TimeUnit.SECONDS);
  }

  @Test
  void hijack_talks_until_bye() throws Exception {
    get(new HijackExample(Duration.ofSeconds(30)));
    assertEquals("This is a bare connection. Say something, or bye.\n", client.readUntil("\n"));
    client.send("hello\n");
    assertEquals("You said: hello\n", client.readUntil("\n"));
    client.send("a\nb\nbye\n");
    assertEquals("You said: a\nYou said: b\nBye.\n", client.readToEnd());
  }

  @Test
  void hijack_hears_what_was_sent_along_with_the_request() throws Exception {
    server =
        Server.start(
            ServerOptions.defaults().withPort(0), new HijackExample(Duration.ofSeconds(30)));
    client = RawClient.connect(server.address(), RawClient.Options.DEFAULTS);
    client.send(GET + "early\nbye\n");
    client.readUntil("bye.\n");
    assertEquals("You said: early\nBye.\n", client.readToEnd());
  }

  @Test
  void hijack_ends_with_one_who_says_nothing() throws Exception {
    get(new HijackExample(Duration.ofMillis(10)));
    client.readUntil("bye.\n");
    assertEquals("Bye.\n", client.readToEnd());
  }

  @Test
  void hijack_says_so_where_there_is_no_connection_to_take() {
    TestExchange exchange =
        TestExchange.run(
            new HijackExample(Duration.ofSeconds(30)),
            TestRequest.get("/hijack").version(HttpVersion.HTTP_2));
    assertEquals(501, exchange.status());
    assertEquals("HTTP/2 shares this connection; ask again by HTTP/1.1.\n", exchange.body());
  }

  /** On loopback, what a server has written is at the client when the write returns. */
  private void assertNothingArrived() throws IOException {
    assertEquals(0, client.socket().getInputStream().available());
  }
}
