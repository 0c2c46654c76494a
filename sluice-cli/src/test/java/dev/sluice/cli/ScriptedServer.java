package dev.sluice.cli;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A server that answers each request as the next line of a script says; what is asked beyond that
 * is cut. It takes note of the requests.
 *
 * <p>Thread safety: all methods.
 */
final class ScriptedServer implements AutoCloseable {
  /** Loggers are held weakly. */
  private static final Logger ACCESS = Logger.getLogger("dev.sluice.access");

  private final Queue<Handler> script;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Server server;

  private ScriptedServer(List<Handler> script) throws IOException {
    ACCESS.setLevel(Level.OFF);
    this.script = new ConcurrentLinkedQueue<>(script);
    this.server = Server.start(ServerOptions.defaults().withPort(0), this::handle);
  }

  static ScriptedServer of(Handler... script) throws IOException {
    return new ScriptedServer(List.of(script));
  }

  /** An answer without a body; headers are names and values in turn. */
  static Handler status(int status, String... headers) {
    return text(status, "", headers);
  }

  /** An answer with a line. */
  static Handler text(int status, String line, String... headers) {
    return (request, response) -> {
      response.status(status).type("text/plain; charset=utf-8");
      for (int i = 0; i < headers.length; i += 2) {
        response.header(headers[i], headers[i + 1]);
      }
      if (!line.isEmpty()) {
        response.write(line + "\n");
      }
    };
  }

  /** A part of a stream, then a cut. */
  static Handler cut(String part, String identity) {
    return (request, response) -> {
      response.type("text/plain").header("Sluice-Journal", identity);
      response.write(part);
      response.flush();
      response.abort("as the script says");
    };
  }

  /** A stream to its end. */
  static Handler whole(String part, String identity) {
    return (request, response) -> {
      response.type("text/plain").header("Sluice-Journal", identity);
      response.flush();
      response.write(part);
    };
  }

  private void handle(Request request, Response response) throws Exception {
    String body = new String(request.body().readAllBytes(), StandardCharsets.UTF_8);
    String sequence = request.header("Producer-Seq");
    requests.add(
        request.method()
            + " "
            + request.target()
            + (sequence == null ? "" : " seq " + sequence)
            + (body.isEmpty() ? "" : " " + body));
    Handler next = script.poll();
    if (next == null) {
      response.abort("the script has ended");
    } else {
      next.handle(request, response);
    }
  }

  /** The requests so far: method, target, sequence, body. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** The URL of a journal there. */
  String journal(String name) {
    return server.url() + "/" + name;
  }

  /** The same, as a stream's own URL. */
  String stream(String name) {
    return journal("v1/stream/" + name);
  }

  @Override
  public void close() {
    try {
      server.shutdown(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
