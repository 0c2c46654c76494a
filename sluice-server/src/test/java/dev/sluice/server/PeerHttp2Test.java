package dev.sluice.server;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of other people's programs share that speak HTTP/2, in cleartext or over TLS. */
abstract class PeerHttp2Test extends PeerTest {
  @TempDir private Path directory;
  private PeerTls tls;

  @BeforeEach
  void issue() throws IOException {
    tls = PeerTls.in(directory);
  }

  /** The file by which a program trusts the server. */
  String authorityFile() {
    return tls.authorityFile();
  }

  /** Serves in cleartext. */
  String serve(Handler handler) throws IOException {
    return server.start(handler).url() + "/";
  }

  /** Serves over TLS. */
  String serveTls(Handler handler) throws IOException {
    server.start(TestServer.options().withTls(tls.options()), handler);
    return "https://localhost:" + server.address().getPort() + "/";
  }

  /** Serves over TLS, if the URL is to begin with {@code https}. */
  String serve(String scheme, Handler handler) throws IOException {
    return scheme.equals("https") ? serveTls(handler) : serve(handler);
  }

  /** Says the version, and each line of the body as it comes. */
  static void echo(Request request, Response response) throws IOException {
    response.write(request.version() + (request.secure() ? " secure\n" : "\n"));
    response.flush();
    var body = new BufferedReader(new InputStreamReader(request.body(), StandardCharsets.UTF_8));
    for (String line = body.readLine(); line != null; line = body.readLine()) {
      response.write("got " + line + "\n");
      response.flush();
    }
    response.write("got all\n");
  }

  /** A line, then the fields behind the body. */
  static void withTrailers(Request request, Response response) throws IOException {
    response.declareTrailers("Count");
    response.write("line\n");
    response.flush();
    response.trailers().set("Count", "1");
  }

  /**
   * A line, and a cut once the test knows that the program has the line. Many clients throw away
   * what they read together with an RST_STREAM: curl 7.88 shows nothing of a stream whose HEADERS,
   * DATA and RST_STREAM come in one read.
   */
  void cut(Request request, Response response) throws IOException, InterruptedException {
    response.write("first\n");
    response.flush();
    awaitGoOn();
    response.abort("as the test says");
  }
}
