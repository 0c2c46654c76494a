package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that are almost right, by the thousand. Whatever comes, the server answers or closes; it
 * never hangs, leaks or logs a stack, and it never finds a request that is not there.
 *
 * <p>A failure names the seed of its sample; {@code -Dsluice.fuzz.seed=…} begins with that one, and
 * {@code -Dsluice.fuzz.samples=…} says how many.
 */
final class FuzzTest extends WireTest {
  private static final int SAMPLES = Integer.getInteger("sluice.fuzz.samples", 2000);

  /** What was sent on one connection, and what was handled of it. */
  private record Sample(long seed, String bytes, Queue<StrictHttp.Found> handled) {}

  /** By the client's port; a handler may begin when its client is long gone. */
  private final Map<Integer, Sample> byPort = new ConcurrentHashMap<>();

  private void handle(Request request, Response response) throws IOException {
    Sample sample = byPort.get(request.remoteAddress().getPort());
    String body = null;
    try {
      body = new String(request.body().readAllBytes(), StandardCharsets.ISO_8859_1);
    } finally {
      sample.handled().add(new StrictHttp.Found(request.method() + " " + request.target(), body));
    }
    response.write("read");
    if (body.length() % 2 == 0) {
      response.flush();
    }
  }

  @Test
  void the_reference_finds_what_is_there() {
    assertEquals(
        List.of(new StrictHttp.Found("GET /", ""), new StrictHttp.Found("GET /", "")),
        StrictHttp.requests(GET + GET + "GET"));
    assertEquals(
        List.of(new StrictHttp.Found("POST /", "hi"), new StrictHttp.Found("GET /", "")),
        StrictHttp.requests(
            GET.replace("GET", "POST").replace("test\r\n", "a\r\nTransfer-Encoding: Chunked\r\n")
                + "2;x\r\nhi\r\n0\r\nX: y\r\n\r\n"
                + GET));
    assertEquals(List.of(), StrictHttp.requests(GET.replace("\r\n", "\n")));
  }

  /** If it does not serve who half-closes, all that it begins may be cut at any point. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void almost_right_requests_are_answered_or_refused(boolean halfClose) throws Exception {
    Server running = serve(options -> options.withHalfClose(halfClose), this::handle);
    long first = Long.getLong("sluice.fuzz.seed", System.nanoTime());
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      long seed = first + i;
      var mutator = new RequestMutator(seed);
      var sample = new Sample(seed, mutator.next(), new ConcurrentLinkedQueue<>());
      samples.add(sample);
      naming(sample, () -> assertEnds(running, sample, mutator, halfClose));
    }
    awaitNoConnections();
    server.awaitHandlers();
    for (Sample sample : samples) {
      naming(sample, () -> assertOnlyWhatIsThere(sample));
    }
  }

  private void assertEnds(Server running, Sample sample, RequestMutator mutator, boolean halfClose)
      throws IOException {
    try (RawClient client = RawClient.connect(running.address(), RawClient.Options.DEFAULTS)) {
      client.socket().setSoLinger(true, 0);
      byPort.put(client.socket().getLocalPort(), sample);
      send(client, sample.bytes(), mutator);
      String answer = halfClose ? client.readToEnd() : client.readToEndOrReset();
      assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 "), answer);
    }
  }

  private static void naming(Sample sample, Executable check) {
    try {
      check.execute();
    } catch (Throwable e) {
      String name = "-Dsluice.fuzz.seed=" + sample.seed() + ": " + shown(sample.bytes());
      throw new AssertionError(name, e);
    }
  }

  /** Sends it, in one piece or two, and half-closes: then the server has to end it all. */
  private static void send(RawClient client, String bytes, RequestMutator mutator) {
    try {
      int middle = mutator.flip() ? mutator.placeIn(bytes) : bytes.length();
      client.send(bytes.substring(0, middle));
      if (middle < bytes.length()) {
        client.send(bytes.substring(middle));
      }
      client.shutdownOutput();
    } catch (IOException e) {
      // It was refused, and the rest not taken: what was answered can be read.
    }
  }

  /** What was handled must be how the stream begins, by the RFC. */
  private static void assertOnlyWhatIsThere(Sample sample) {
    List<StrictHttp.Found> actual = List.copyOf(sample.handled());
    List<StrictHttp.Found> allowed = StrictHttp.requests(sample.bytes());
    assertTrue(actual.size() <= allowed.size(), () -> actual + " but there are " + allowed);
    for (int i = 0; i < actual.size(); i++) {
      assertEquals(allowed.get(i).line(), actual.get(i).line());
      if (actual.get(i).body() != null) {
        assertEquals(allowed.get(i).body(), actual.get(i).body());
      }
    }
  }
}
