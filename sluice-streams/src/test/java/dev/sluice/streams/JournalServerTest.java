package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Filters;
import dev.sluice.Handler;
import dev.sluice.Router;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.Kind;
import dev.sluice.journal.MemoryStore;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Journals over a real server: the journal is written only when its viewers have what there is. */
final class JournalServerTest {
  private static final String ID = "0000000000000000_000000000000000";

  private final Recorded recorded = new Recorded();
  private final MemoryStore store = new MemoryStore(JournalLimits.defaults());
  private final Journals journals = new Journals(store);
  private final BlockingQueue<Integer> viewers = new LinkedBlockingQueue<>();
  private final Deque<RawClient> clients = new ArrayDeque<>();
  private Server server;

  @BeforeEach
  void start() throws IOException {
    store.add(recorded.journal);
    Handler site =
        new JournalHandler(journals, (journal, count) -> viewers.add(count)).addTo(new Router());
    server =
        Server.start(
            ServerOptions.defaults().withPort(0).withLoops(2),
            Filters.allowHosts(Set.of("127.0.0.1"), Filters.sameOriginWrites(site)));
  }

  @AfterEach
  void stop() throws Exception {
    while (!clients.isEmpty()) {
      clients.pop().close();
    }
    server.shutdown(Duration.ofMillis(50));
  }

  @Test
  void viewers_of_each_encoding_see_what_is_written_as_it_is_written() throws IOException {
    RawClient raw = get("/build", "");
    RawClient sse = get("/build", "Accept: text/event-stream\r\n");
    RawClient ndjson = get("/build?as=ndjson", "");
    for (RawClient client : clients) {
      String head = client.readUntil("\r\n\r\n");
      assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n"), head);
      assertTrue(head.contains("\r\nSluice-Journal: " + recorded.journal.id() + "\r\n"), head);
      assertFalse(head.contains("Access-Control"), head);
    }
    assertEquals("d\r\nretry: 1000\n\n\r\n", sse.readUntil("\n\n\r\n"));

    recorded.out("tick 1\n");
    assertEquals("7\r\ntick 1\n\r\n", raw.readUntil("\n\r\n"));
    assertTrue(sse.readUntil("\n\n\r\n").endsWith("data: {\"text\":\"tick 1\\n\"}\n\n\r\n"));
    assertTrue(ndjson.readUntil("}\n").contains("\"text\":\"tick 1\\n\""));

    RawClient late = get("/build?only=stderr", "");
    late.readUntil("\r\n\r\n");
    recorded.err("oops\n");
    assertEquals("5\r\noops\n\r\n", raw.readUntil("\n\r\n"));
    assertTrue(sse.readUntil("\n\n\r\n").contains("event: stderr\ndata: {\"text\":\"oops\\n\"}"));
    assertTrue(ndjson.readUntil("}\n").contains("\"kind\":\"stderr\",\"text\":\"oops\\n\""));
    assertEquals("5\r\noops\n\r\n", late.readUntil("\n\r\n"));

    recorded.close(3);
    assertEquals("0\r\nSluice-Exit-Status: 3\r\n\r\n", raw.readUntil("\r\n\r\n"));
    assertEquals("0\r\nSluice-Exit-Status: 3\r\n\r\n", late.readUntil("\r\n\r\n"));
    String end = sse.readUntil("\r\n0\r\n\r\n");
    assertTrue(end.contains("event: exit\ndata: {\"status\":3}\n\n"), end);
    assertTrue(end.contains("event: end\ndata: {}\n\n"), end);
    assertTrue(ndjson.readUntil("\r\n0\r\n\r\n").contains("\"kind\":\"exit\",\"status\":3}\n"));
  }

  @Test
  void late_comers_get_all_of_it_and_the_end() throws IOException {
    recorded.out("x".repeat(100_000)).out("\n").close(0);
    RawClient raw = get("/build", "Connection: close\r\n");
    String answer = raw.readToEnd();
    String body = answer.substring(answer.indexOf("\r\n\r\n"), answer.lastIndexOf("\r\n0\r\n"));
    assertEquals(100_000, body.replaceAll("[^x]", "").length());
    assertTrue(answer.endsWith("0\r\nSluice-Exit-Status: 0\r\n\r\n"));
  }

  @Test
  void viewers_are_counted_as_they_come_and_go() throws Exception {
    RawClient one = get("/build", "");
    assertEquals(1, awaitViewers());
    get("/build?as=sse", "");
    assertEquals(2, awaitViewers());
    assertEquals(2, journals.viewers(recorded.journal));
    one.close();
    assertEquals(1, awaitViewers());
    recorded.close(0);
    assertEquals(0, awaitViewers());
  }

  @Test
  void a_viewer_of_raw_bytes_that_falls_behind_is_cut_and_one_of_events_is_told() throws Exception {
    var small = new Journal("small", 1);
    store.add(small);
    byte[] lot = "x".repeat(1024 * 1024).getBytes(StandardCharsets.US_ASCII);
    RawClient raw = slow("/small");
    RawClient sse = slow("/small?as=sse");
    for (int i = 0; i < 16; i++) {
      small.append(Kind.STDOUT, Instant.now(), lot, 0, lot.length);
    }
    String rest = raw.readToEnd();
    assertFalse(rest.endsWith("0\r\n\r\n"), "a cut that looks complete");
    small.close(Ending.PLAIN);
    String told = sse.readToEnd();
    assertTrue(told.contains("event: gap\ndata: {\"from\":\""), "no gap");
    assertTrue(told.contains("event: end\n"), "no end");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/build", "/build?as=sse", "/build?as=html", "/-/watch.js", "/"})
  void a_page_whose_name_was_rebound_to_this_address_gets_nothing(String target)
      throws IOException {
    recorded.out("secret");
    RawClient client = connect();
    client.send("GET " + target + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    String answer = client.readToEnd();
    assertTrue(answer.startsWith("HTTP/1.1 421 "), answer);
    assertFalse(answer.contains("secret"), answer);
  }

  @Test
  void a_page_of_another_origin_writes_nothing() throws IOException {
    RawClient client = connect();
    client.send(
        """
        POST /build HTTP/1.1\r
        Host: 127.0.0.1\r
        Origin: http://evil.example\r
        Sec-Fetch-Site: cross-site\r
        Content-Length: 1\r
        Connection: close\r
        \r
        x\
        """);
    assertTrue(client.readToEnd().startsWith("HTTP/1.1 403 "));
    assertEquals(ID + "0", recorded.journal.tail().toString());
  }

  @Test
  void an_origin_is_given_no_leave_to_read() throws IOException {
    recorded.out("secret").close(0);
    RawClient options = connect();
    options.send(
        """
        OPTIONS /build HTTP/1.1\r
        Host: 127.0.0.1\r
        Origin: http://evil.example\r
        Access-Control-Request-Method: GET\r
        Access-Control-Request-Headers: last-event-id\r
        Connection: close\r
        \r
        """);
    assertFalse(options.readToEnd().contains("Access-Control"));
    RawClient get = get("/build", "Origin: http://evil.example\r\nConnection: close\r\n");
    assertFalse(get.readToEnd().contains("Access-Control"));
  }

  private int awaitViewers() throws InterruptedException {
    Integer count = viewers.poll(60, TimeUnit.SECONDS);
    assertNotNull(count, "no change of viewers");
    return count;
  }

  private RawClient get(String target, String fields) throws IOException {
    return connect().send("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n");
  }

  /** A viewer whose socket takes little, and that has read nothing but the head. */
  private RawClient slow(String target) throws IOException {
    RawClient client = connect(RawClient.Options.DEFAULTS.withReceiveBufferBytes(4096));
    client.send("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    client.readUntil("\r\n\r\n");
    return client;
  }

  private RawClient connect() throws IOException {
    return connect(RawClient.Options.DEFAULTS);
  }

  private RawClient connect(RawClient.Options options) throws IOException {
    RawClient client = RawClient.connect(server.address(), options);
    clients.push(client);
    return client;
  }
}
