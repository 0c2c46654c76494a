package dev.sluice.bench.peers;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.OutputStream;

/** Helidon SE: the response's OutputStream, flushed after each message, on a virtual thread. */
final class HelidonPeer {
  private static final int BACKLOG = 4096;

  private HelidonPeer() {}

  private static void stream(ServerRequest request, ServerResponse response) throws Exception {
    StreamRequest stream = StreamRequest.parse(request.query().rawValue());
    Message message = new Message(stream.size());
    response.header(HeaderNames.CONTENT_TYPE, "text/plain");
    try (OutputStream body = response.outputStream()) {
      for (long i = 0; i < stream.count(); i++) {
        stream.pauseBefore(i);
        body.write(message.stamped());
        body.flush();
      }
    }
  }

  public static void main(String[] arguments) {
    WebServer server =
        WebServer.builder()
            .host("127.0.0.1")
            .port(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0)
            .backlog(BACKLOG)
            .connectionOptions(options -> options.tcpNoDelay(true)) // else a flush may wait 40 ms
            .routing(routing -> routing.get("/stream", HelidonPeer::stream))
            .build()
            .start();
    System.out.println("http://127.0.0.1:" + server.port() + "/");
  }
}
