package dev.sluice.bench.peers;

import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Vert.x: a verticle on each event loop, native transport, all on the loop. HTTP/1.1 and HTTP/2 on
 * one port, in cleartext or, with a store, through TLS.
 *
 * <p>Events reach the loops by the event bus; each tells its own viewers.
 */
final class VertxPeer extends VerticleBase {
  private static final int BACKLOG = 4096;
  private static final int TURN_MESSAGES = 256;
  private static final String EVENTS = "events";

  private final Arguments arguments;
  private final List<HttpServerResponse> viewers = new ArrayList<>();

  private VertxPeer(Arguments arguments) {
    this.arguments = arguments;
  }

  @Override
  public Future<?> start() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setPort(arguments.port())
            .setAcceptBacklog(BACKLOG);
    if (arguments.tls()) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setKeyCertOptions(
              new PfxOptions().setPath(arguments.store()).setPassword(Arguments.PASSWORD));
    }
    vertx
        .eventBus()
        .<Buffer>localConsumer(EVENTS)
        .handler(message -> viewers.forEach(viewer -> viewer.write(message.body())));
    HttpServer server = vertx.createHttpServer(options).requestHandler(this::handle);
    return server.listen().onSuccess(listening -> arguments.printUrl(listening.actualPort()));
  }

  private void handle(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (request.version() == HttpVersion.HTTP_1_1) {
      response.setChunked(true);
    }
    switch (request.path()) {
      case "/stream" -> {
        response.putHeader("content-type", "text/plain");
        new Stream(vertx, response, StreamRequest.parse(request.query())).turn();
      }
      case "/sse" -> {
        response.putHeader("content-type", "text/event-stream").writeHead();
        viewers.add(response);
        response.closeHandler(closed -> viewers.remove(response));
      }
      case "/pub" -> publish(Publication.parse(request.query()), response);
      default -> response.setStatusCode(404).end();
    }
  }

  private void publish(Publication publication, HttpServerResponse response) {
    vertx
        .executeBlocking(
            () -> {
              publication.run(event -> vertx.eventBus().publish(EVENTS, Buffer.buffer(event)));
              return publication;
            })
        .onComplete(done -> response.end());
  }

  /** Writes as much as the response takes, and then on from when it takes more. */
  private static final class Stream {
    private final Vertx vertx;
    private final HttpServerResponse response;
    private final StreamRequest request;
    private final Message message;
    private long written;

    Stream(Vertx vertx, HttpServerResponse response, StreamRequest request) {
      this.vertx = vertx;
      this.response = response;
      this.request = request;
      this.message = new Message(request.size());
    }

    void turn() {
      Context context = vertx.getOrCreateContext();
      for (int i = 0; written < request.count(); i++) {
        if (response.closed()) {
          return;
        }
        if (response.writeQueueFull()) {
          response.drainHandler(drained -> turn());
          return;
        }
        if (i > 0 && !request.gap().isZero()) {
          vertx.setTimer(Math.max(1, request.gap().toMillis()), expired -> turn());
          return;
        }
        if (i == TURN_MESSAGES) {
          context.runOnContext(yielded -> turn());
          return;
        }
        written++;
        response.write(Buffer.buffer(message.stamped()));
      }
      response.end();
    }
  }

  /** Of port 0 each verticle would have one of its own. */
  private static Arguments withPort(Arguments arguments) throws IOException {
    if (arguments.port() > 0) {
      return arguments;
    }
    try (ServerSocket free = new ServerSocket(0)) {
      return new Arguments(free.getLocalPort(), arguments.store());
    }
  }

  public static void main(String[] args) throws IOException {
    Arguments arguments = withPort(Arguments.parse(args));
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    int loops = Runtime.getRuntime().availableProcessors();
    vertx
        .deployVerticle(
            () -> new VertxPeer(arguments), new DeploymentOptions().setInstances(loops))
        .onFailure(
            cause -> {
              cause.printStackTrace();
              System.exit(1);
            });
  }
}
