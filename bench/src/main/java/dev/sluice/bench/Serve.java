package dev.sluice.bench;

import dev.sluice.Request;
import dev.sluice.RequestException;
import dev.sluice.Response;
import dev.sluice.Router;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import dev.sluice.server.TlsOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The measured server. {@code GET /stream?n=N&size=S&gap=MICROS} is an ordinary handler that writes
 * N messages of S bytes with a flush after each, sleeping gap between.
 *
 * <p>{@code GET /sub} follows one journal from its tail, raw, and {@code GET /sse} as events;
 * {@code POST /pub?n=N&rate=R&size=S} appends N messages of S bytes to it, R in a second.
 *
 * <p>A message is 'T', 19 digits of {@link System#nanoTime}, padding, and a line feed.
 */
public final class Serve {
  static final int STAMP_BYTES = 20;
  static final int SIZE_MAX = 16 * 1024 * 1024;

  private Serve() {}

  /**
   * Serves until it is ended.
   *
   * @param args the port; for TLS the files of the certificates and of the key
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 1 && args.length != 3) {
      System.err.println("usage: bench/serve PORT [CERTIFICATES KEY]");
      System.exit(2);
    }
    Logger.getLogger("dev.sluice").setLevel(Level.WARNING);
    var fanOut = new FanOut();
    var router =
        new Router()
            .get("/stream", Serve::stream)
            .get("/sub", fanOut::subscribe)
            .get("/sse", fanOut::subscribeToEvents)
            .post("/pub", fanOut::publish);
    var options = ServerOptions.defaults().withPort(Integer.parseInt(args[0]));
    if (args.length == 3) {
      options = options.withTls(TlsOptions.of(Path.of(args[1]), Path.of(args[2])));
    }
    try (Server server = Server.start(options, router)) {
      System.out.println("serving " + server.url());
      server.awaitShutdown();
    }
  }

  private static void stream(Request request, Response response)
      throws IOException, InterruptedException {
    long count = number(request, "n", 1, Long.MAX_VALUE);
    int size = (int) number(request, "size", STAMP_BYTES + 1, SIZE_MAX);
    long gapNanos = number(request, "gap", 0, Integer.MAX_VALUE) * 1000;
    byte[] message = message(size);
    for (long i = 0; i < count; i++) {
      stamp(message, System.nanoTime());
      response.write(message);
      response.flush();
      if (gapNanos > 0) {
        TimeUnit.NANOSECONDS.sleep(gapNanos);
      }
    }
  }

  static byte[] message(int size) {
    byte[] message = new byte[size];
    Arrays.fill(message, (byte) '.');
    message[0] = 'T';
    message[size - 1] = '\n';
    return message;
  }

  static void stamp(byte[] message, long nanos) {
    long rest = nanos;
    for (int i = STAMP_BYTES - 1; i > 0; i--) {
      message[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  static long number(Request request, String name, long least, long most) throws IOException {
    String text = request.query(name);
    try {
      long value = text == null ? least : Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new RequestException(400, "%s must be %d to %d".formatted(name, least, most));
  }
}
