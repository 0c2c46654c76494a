package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.Router;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** nginx in front, with its default settings for a proxy: it buffers, unless told not to. */
@Tag("needs-nginx")
final class PeerNginxTest extends PeerTest {
  @TempDir private Path directory;

  private final Gate hasFlushed = new Gate();
  private InetSocketAddress nginx;

  @BeforeEach
  void startServerAndNginx() throws Exception {
    server.start(
        new Router()
            .get("/streams", this::streams)
            .get("/buffers", this::buffers)
            .get("/witness", (request, response) -> response.write("seen")));
    nginx = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), freePort());
    Path configuration = Files.writeString(directory.resolve("nginx.conf"), configuration());
    PeerProcess process =
        run(
            PeerProcess.find("nginx"),
            "-p",
            directory.toString(),
            "-e",
            "stderr",
            "-c",
            configuration.toString());
    awaitListening(process);
  }

  private String configuration() {
    return """
    daemon off;
    master_process off;
    pid %1$s/nginx.pid;
    events {}
    http {
      access_log off;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      server {
        listen 127.0.0.1:%2$d;
        location / {
          proxy_pass http://127.0.0.1:%3$d;
        }
      }
    }
    """
        .formatted(directory, nginx.getPort(), server.address().getPort());
  }

  /** Below those that clients get, one of which might take it before nginx does. */
  private static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 30_000);
      try (var _ = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        return port;
      } catch (BindException e) {
        // Somebody has it.
      }
    }
  }

  private void awaitListening(PeerProcess process) throws Exception {
    while (true) {
      try (RawClient _ = RawClient.connect(nginx, RawClient.Options.DEFAULTS)) {
        return;
      } catch (IOException e) {
        assertTrue(process.isAlive(), process.errors());
        Thread.sleep(10);
      }
    }
  }

  /** As all handlers: its flush says {@code X-Accel-Buffering: no}. */
  private void streams(Request request, Response response) throws Exception {
    response.write("first\n");
    response.flush();
    hasFlushed.open();
    awaitGoOn();
    response.write("second\n");
  }

  private void buffers(Request request, Response response) throws Exception {
    response.header("X-Accel-Buffering", "yes");
    streams(request, response);
  }

  @Test
  void what_was_flushed_passes_nginx_while_the_handler_waits() throws Exception {
    try (RawClient client = get("/streams")) {
      client.readUntil("\r\n\r\n");
      client.readUntil("first\n");
      goOn();
      client.readUntil("second\n");
    }
  }

  /** The counter-check: what the test above shows is our header's doing. */
  @Test
  void told_to_buffer_nginx_holds_it_back_until_the_end() throws Exception {
    try (RawClient client = get("/buffers")) {
      hasFlushed.pass();
      awaitAnotherRequest();
      assertEquals(0, client.socket().getInputStream().available());
      goOn();
      client.readUntil("\r\n\r\n");
      client.readUntil("first\n");
      client.readUntil("second\n");
    }
  }

  /**
   * nginx runs as one process with one loop: when it has answered another request, it has seen what
   * the first one's handler had flushed before.
   */
  private void awaitAnotherRequest() throws IOException {
    try (RawClient client = get("/witness")) {
      assertTrue(client.readToEnd().endsWith("seen"));
    }
  }

  private RawClient get(String path) throws IOException {
    RawClient client = RawClient.connect(nginx, RawClient.Options.DEFAULTS);
    return client.send(
        "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".formatted(path));
  }
}
