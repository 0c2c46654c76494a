package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Filters;
import dev.sluice.Handler;
import dev.sluice.Router;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalStore;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server of journals that clients may write, on a store of each kind. */
abstract class StreamFixture {
  static final String ZERO = "0000000000000000_0000000000000000";
  static final String TEXT = "Content-Type: text/plain\r\n";
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final JournalLimits LIMITS = new JournalLimits(5, 5000, 1000, 3);

  /** What a client gets; names of fields in lower case. */
  record Answer(int status, Map<String, String> fields, String body) {
    @Nullable String field(String name) {
      return fields.get(name.toLowerCase(Locale.ROOT));
    }

    static Answer parse(String text) {
      int end = text.indexOf("\r\n\r\n");
      String[] lines = text.substring(0, end).split("\r\n", -1);
      Map<String, String> fields = new HashMap<>();
      for (int i = 1; i < lines.length; i++) {
        String[] field = lines[i].split(": ", 2);
        fields.put(field[0].toLowerCase(Locale.ROOT), field[1]);
      }
      return new Answer(
          Integer.parseInt(lines[0].split(" ", 3)[1]), fields, text.substring(end + 4));
    }
  }

  private final Deque<RawClient> clients = new ArrayDeque<>();
  private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
  private final Set<Thread> handling = ConcurrentHashMap.newKeySet();
  private Server server;
  JournalStore store;

  /** What the store is limited to. */
  protected JournalLimits limits() {
    return LIMITS;
  }

  /** How streams are served. */
  protected StreamOptions options() {
    return StreamOptions.defaults();
  }

  /** How the server serves. */
  protected ServerOptions serverOptions() {
    return ServerOptions.defaults().withPort(0).withLoops(2);
  }

  /** An empty store. */
  protected abstract JournalStore newStore(JournalLimits limits) throws IOException;

  @BeforeEach
  void start() throws IOException {
    store = newStore(limits());
    var journals = new Journals(store);
    var router = new JournalHandler(journals, (journal, count) -> {}).addTo(new Router());
    Handler site = new StreamHandler(journals, options()).addTo(router);
    Handler counted =
        (request, response) -> {
          Thread thread = Thread.currentThread();
          handling.add(thread);
          try {
            site.handle(request, response);
          } finally {
            ended.add(request.method());
            handling.remove(thread);
          }
        };
    server =
        Server.start(
            serverOptions(),
            Filters.allowHosts(Set.of("127.0.0.1"), Filters.sameOriginWrites(counted)));
  }

  @AfterEach
  void stop() throws Exception {
    while (!clients.isEmpty()) {
      clients.pop().close();
    }
    server.shutdown(Duration.ofMillis(50));
    store.close();
  }

  RawClient connect() throws IOException {
    return connect(RawClient.Options.DEFAULTS);
  }

  RawClient connect(RawClient.Options options) throws IOException {
    RawClient client = RawClient.connect(server.address(), options);
    clients.push(client);
    return client;
  }

  Answer put(String name, String fields, String body) throws IOException {
    return ask("PUT", name, fields, body);
  }

  Answer post(String name, String fields, String body) throws IOException {
    return ask("POST", name, fields, body);
  }

  Answer get(String nameAndQuery) throws IOException {
    return ask("GET", nameAndQuery, "", "");
  }

  Answer get(String nameAndQuery, String fields) throws IOException {
    return ask("GET", nameAndQuery, fields, "");
  }

  Answer head(String name) throws IOException {
    return ask("HEAD", name, "", "");
  }

  Answer ask(String method, String name, String fields, String body) throws IOException {
    return asked(method + " /v1/stream/" + name, fields, body);
  }

  /** The raw bytes of a closed journal. */
  String read(String name) throws IOException {
    return asked("GET /" + name + "?as=raw", "", "").body();
  }

  /** Sends a request whose body has a length, and reads all of the answer. */
  Answer asked(String methodAndTarget, String fields, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String length = bytes.length == 0 ? "" : "Content-Length: " + bytes.length + "\r\n";
    return send(methodAndTarget, fields + length, bytes);
  }

  /** As {@link #asked}; with chunks of the body that are framed already. */
  Answer chunked(String name, String fields, String chunks) throws IOException {
    return send(
        "POST /v1/stream/" + name,
        fields + "Transfer-Encoding: chunked\r\n",
        chunks.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Answer send(String methodAndTarget, String fields, byte[] body) throws IOException {
    try (RawClient client = RawClient.connect(server.address(), RawClient.Options.DEFAULTS)) {
      client.send(headOf(methodAndTarget, fields + "Connection: close\r\n"));
      client.send(body);
      return Answer.parse(client.readToEnd());
    }
  }

  static String headOf(String methodAndTarget, String fields) {
    return methodAndTarget + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n";
  }

  /** Waits until a handler has returned or thrown. */
  void awaitEnded(String method) throws InterruptedException {
    assertEquals(method, ended.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS));
  }

  /** Waits until no handler runs; what has been answered may still return. */
  void awaitNoneRunning() {
    await("no handler runs", () -> handling.isEmpty());
  }

  /** Waits until so many reads know where they stand, and wait for their journals to go on. */
  void awaitWaiting(int count) {
    await(count + " reads wait", () -> waiting() == count);
  }

  private long waiting() {
    return handling.stream()
        .filter(thread -> LockSupport.getBlocker(thread) instanceof TailWaits)
        .count();
  }

  /** Waits until a client is told that a journal is not there. */
  void awaitMissing(String name) throws IOException {
    long begin = System.nanoTime();
    while (head(name).status() == 200) {
      assertTrue(System.nanoTime() - begin < PATIENCE.toNanos(), name + " never expires");
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - begin < PATIENCE.toNanos(), () -> "waits until " + what);
      LockSupport.parkNanos(100_000);
    }
  }

  /** Forgets all handlers that have answered. */
  void forgetEnded() {
    awaitNoneRunning();
    ended.clear();
  }

  void close(String name) throws IOException {
    assertEquals(204, post(name, "Stream-Closed: true\r\n", "").status());
  }

  static String offset(long position) {
    return "0000000000000000_%016d".formatted(position);
  }

  long tail(String name) throws IOException {
    return store.find(name).tail().position();
  }
}
