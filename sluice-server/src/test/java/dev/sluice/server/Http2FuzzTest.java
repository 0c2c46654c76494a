package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.HexFormat;
import java.util.Random;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Connections of HTTP/2 that are almost right, by the thousand. Whatever comes, the server answers
 * or hangs up; it never waits for ever, leaks or logs a stack, and others are served.
 *
 * <p>A failure names the seed of its sample; {@code -Dsluice.fuzz.seed=…} begins with that one, and
 * {@code -Dsluice.fuzz.samples=…} says how many.
 */
@ExtendWith(NettyLeaks.class)
final class Http2FuzzTest {
  private static final int SAMPLES = Integer.getInteger("sluice.fuzz.samples", 1000);

  @RegisterExtension final TestServer server = new TestServer();

  @Test
  void almost_right_frames_are_answered_or_refused() throws Exception {
    Server running =
        server.start((request, response) -> {
          byte[] body = request.body().readAllBytes();
          response.declareTrailers("X-Length");
          response.write(new byte[20_000]);
          response.flush();
          response.trailers().set("X-Length", "" + body.length);
        });
    long first = Long.getLong("sluice.fuzz.seed", System.nanoTime());
    for (int i = 0; i < SAMPLES; i++) {
      byte[] sample = sample(new Random(first + i));
      try {
        exchange(sample);
      } catch (AssertionError | IOException e) {
        String bytes = HexFormat.of().formatHex(sample);
        throw new AssertionError("-Dsluice.fuzz.seed=" + (first + i) + ": " + bytes, e);
      }
    }
    Await.until("no open connection", () -> running.openConnections() == 0);
    server.awaitHandlers();
    try (var client = Transport.HTTP_2.connect(server.address(), 0)) {
      assertEquals(20_000, client.get("/").end().text().length());
    }
  }

  /** Sends it and half-closes: then the server has to end it all. */
  private void exchange(byte[] sample) throws IOException {
    try (var frames = Http2Frames.connect(SocketFactory.getDefault(), server.address(), 0)) {
      frames.socket().setSoLinger(true, 0);
      try {
        frames.begin();
        frames.write(sample);
        frames.socket().shutdownOutput();
        frames.socket().getInputStream().transferTo(OutputStream.nullOutputStream());
      } catch (SocketException e) {
        // It was refused, and the rest not taken.
      }
    }
  }

  /** One to six good frames, of which some bytes are changed, left out or said twice. */
  private static byte[] sample(Random random) {
    var frames = new ByteArrayOutputStream();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      frames.writeBytes(frame(random).bytes());
    }
    byte[] bytes = frames.toByteArray();
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes = mutated(bytes, random);
    }
    return bytes;
  }

  private static Http2Frame frame(Random random) {
    int stream = random.nextInt(4) * 2 + 1;
    int end = random.nextInt(2) * END_STREAM;
    return switch (random.nextInt(12)) {
      case 0 -> Http2Frame.data(stream, end, new byte[random.nextInt(300)]);
      case 1 -> Http2Frame.reset(stream, random.nextInt(14));
      case 2 -> Http2Frame.windowUpdate(random.nextInt(2) * stream, random.nextInt());
      case 3 -> Http2Frame.settings(random.nextInt(9), random.nextInt() >>> random.nextInt(32));
      case 4 -> Http2Frame.ping(random.nextLong());
      case 5 -> Http2Frame.goAway(stream, random.nextInt(14));
      case 6 -> new Http2Frame(Http2Frame.PRIORITY, 0, stream, new byte[5]);
      case 7 -> new Http2Frame(random.nextInt(256), random.nextInt(256), stream, new byte[7]);
      case 8 -> Http2Frame.headers(stream, end, HeaderBlock.request("POST", "http", "/"));
      case 9 -> new Http2Frame(Http2Frame.HEADERS, end, stream, HeaderBlock.get("/").bytes());
      case 10 -> new Http2Frame(Http2Frame.CONTINUATION, 4, stream, HeaderBlock.get("/").bytes());
      default -> Http2Frame.headers(stream, end, HeaderBlock.get("/").remembered("x-a", "b"));
    };
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(10));
    var changed = new ByteArrayOutputStream();
    changed.write(bytes, 0, at);
    switch (random.nextInt(3)) {
      case 0 -> {
        changed.write(random.nextInt(256));
        changed.write(bytes, at + 1, bytes.length - at - 1);
      }
      case 1 ->
          changed.write(
              bytes,
              Math.min(bytes.length - 1, at + length),
              bytes.length - Math.min(bytes.length - 1, at + length));
      default -> {
        changed.write(bytes, at, length);
        changed.write(bytes, at, bytes.length - at);
      }
    }
    return changed.toByteArray();
  }
}
