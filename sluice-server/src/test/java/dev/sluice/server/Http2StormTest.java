package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.StreamClosedException;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Many streams of one connection at the same time: large and small, with flushes and trailers,
 * uploads, viewers, and clients that go. Each gets its own bytes, in order and whole.
 */
@ExtendWith(NettyLeaks.class)
@Tag("external")
final class Http2StormTest {
  private static final int CLIENTS = 16;
  private static final int REQUESTS = 12;
  private static final int LARGE = 300_000;

  @RegisterExtension final TestServer server = new TestServer();

  private final Journal journal = new Journal("storm", 64 << 20);

  /** The byte at a place of a body that a seed names. */
  private static byte at(long seed, long place) {
    return (byte) (seed * 31 + place * 7 + (place >> 9));
  }

  private static byte[] part(long seed, long from, int length) {
    byte[] part = new byte[length];
    for (int i = 0; i < length; i++) {
      part[i] = at(seed, from + i);
    }
    return part;
  }

  private final Handler handler =
      (request, response) -> {
        long seed = Long.parseLong(request.path().substring(request.path().lastIndexOf('/') + 1));
        if (request.path().startsWith("/follow")) {
          response.follow(journal, new Offset(seed), RawFollow.RAW, reason -> {});
        } else if (request.path().startsWith("/echo")) {
          request.body().transferTo(response.outputStream());
        } else {
          write(request, response, seed);
        }
      };

  private static void write(Request request, Response response, long seed) throws IOException {
    var random = new Random(seed);
    int size = random.nextInt(LARGE);
    response.declareTrailers("X-Size");
    try {
      for (int done = 0; done < size; ) {
        int length =
            Math.min(size - done, 1 + random.nextInt(random.nextInt(8) == 0 ? 70_000 : 900));
        response.write(part(seed, done, length));
        done += length;
        if (random.nextInt(3) == 0) {
          response.flush();
        }
      }
      response.trailers().set("X-Size", Integer.toString(size));
    } catch (StreamClosedException e) {
      assertTrue(request.cancelled().isSet(), "cut, and the client is still there");
    }
  }

  @ParameterizedTest
  @CsvSource({"HTTP_2, 0, 1", "HTTP_2, 5000, 2", "HTTP_2_TLS, 0, 3"})
  void every_stream_gets_its_own(Transport transport, int window, long seed) throws Exception {
    storm(transport, window, seed);
  }

  @Tag("external")
  @ParameterizedTest
  @CsvSource({
    "HTTP_2, 0, 11",
    "HTTP_2, 10000, 12",
    "HTTP_2, 20000, 13",
    "HTTP_2_TLS, 3000, 14",
    "HTTP_2_TLS, 100000, 15",
    "HTTP_2, 1000000, 16",
    "HTTP_2_TLS, 1000000, 17"
  })
  void so_does_it_with_other_windows(Transport transport, int window, long seed) throws Exception {
    storm(transport, window, seed);
  }

  private void storm(Transport transport, int window, long seed) throws Exception {
    server.start(transport.configure(TestServer.options()), handler);
    byte[] all = FollowFixture.noise(2 << 20, seed);
    var client = server.closeAfter(transport.connect(server.address(), window));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        var random = new Random(seed * 1000 + i);
        running.add(
            threads.submit(() -> {
              for (int n = 0; n < REQUESTS; n++) {
                request(client, random, all);
              }
              return true;
            }));
      }
      var random = new Random(seed);
      for (int done = 0; done < all.length; ) {
        int length = Math.min(all.length - done, 1 + random.nextInt(20_000));
        FollowFixture.append(journal, all, done, length);
        done += length;
      }
      journal.close(Ending.PLAIN);
      for (Future<?> one : running) {
        one.get(60, TimeUnit.SECONDS);
      }
    }
    assertEquals(all.length, client.get("/follow/0").end().text().length());
  }

  private static void request(ContractClient client, Random random, byte[] all) throws IOException {
    boolean goes = random.nextInt(6) == 0;
    long seed = random.nextInt(1_000_000);
    switch (random.nextInt(8)) {
      case 0 -> {
        int from = random.nextInt(all.length);
        ContractExchange exchange = client.get("/follow/" + from);
        compare(
            exchange,
            goes ? 1 + random.nextInt(5_000) : Long.MAX_VALUE,
            place -> from + place < all.length ? all[(int) (from + place)] : -1,
            all.length - from);
      }
      case 1 -> echo(client, seed, random);
      default -> {
        ContractExchange exchange = client.get("/write/" + seed);
        int size = new Random(seed).nextInt(LARGE);
        compare(
            exchange,
            goes ? random.nextInt(size + 1) : Long.MAX_VALUE,
            place -> at(seed, place),
            size);
        if (!goes) {
          assertEquals(Integer.toString(size), exchange.trailers().get("X-Size"));
        }
      }
    }
  }

  private interface Bytes {
    byte at(long place);
  }

  /** Reads a body, or some of it and goes. */
  private static void compare(ContractExchange exchange, long until, Bytes expected, int size)
      throws IOException {
    byte[] bytes = new byte[8 * 1024];
    long place = 0;
    exchange.head();
    int count = 0;
    while (place < until && count >= 0) {
      count = exchange.receive(bytes, 0, (int) Math.min(bytes.length, until - place));
      for (int i = 0; i < count; i++) {
        if (bytes[i] != expected.at(place)) {
          throw new AssertionError("a wrong byte at %d of %d".formatted(place, size));
        }
        place++;
      }
    }
    if (until == Long.MAX_VALUE) {
      assertEquals(size, place);
    } else {
      exchange.cancel();
    }
  }

  private static void echo(ContractClient client, long seed, Random random) throws IOException {
    ContractExchange exchange = client.send(ContractRequest.upload("/echo/" + seed));
    int size = 0;
    for (int i = random.nextInt(20); i > 0; i--) {
      String part = "y".repeat(1 + random.nextInt(2_000));
      exchange.send(part);
      size += part.length();
    }
    exchange.endBody();
    compare(exchange, Long.MAX_VALUE, place -> (byte) 'y', size);
  }
}
