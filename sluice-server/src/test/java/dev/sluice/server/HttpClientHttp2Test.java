package dev.sluice.server;

import static java.net.http.HttpClient.Version.HTTP_1_1;
import static java.net.http.HttpClient.Version.HTTP_2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.testkit.TestAuthority;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's client: over TLS it offers HTTP/2, in cleartext it asks for an upgrade. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class HttpClientHttp2Test {
  @RegisterExtension final TestServer server = new TestServer();

  @TempDir private Path directory;
  private PeerTls tls;
  private final Gate firstIsThere = new Gate();

  @BeforeEach
  void issue() throws IOException {
    tls = PeerTls.in(directory);
  }

  private URI serve(String scheme, Handler handler) throws IOException {
    ServerOptions options = TestServer.options();
    boolean secure = scheme.equals("https");
    server.start(secure ? options.withTls(tls.options()) : options, handler);
    return URI.create(scheme + "://localhost:" + server.address().getPort() + "/");
  }

  private HttpClient client(HttpClient.Version version, TestAuthority.Issued own) {
    return server.closeAfter(
        HttpClient.newBuilder()
            .version(version)
            .sslContext(tls.authority().clientContext(own))
            .build());
  }

  private HttpClient client() {
    return client(HTTP_2, null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void it_reads_what_was_flushed_while_the_handler_waits(String scheme) throws Exception {
    URI url =
        serve(
            scheme,
            (request, response) -> {
              response.write("first\n");
              response.flush();
              firstIsThere.pass();
              response.write("second\n");
            });
    var response = client().send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofInputStream());
    assertEquals(HTTP_2, response.version());
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      assertEquals("first", lines.readLine());
      firstIsThere.open();
      assertEquals("second", lines.readLine());
      assertEquals(null, lines.readLine());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void what_it_posts_arrives(String scheme) throws Exception {
    URI url = serve(scheme, HttpClientHttp2Test::length);
    var post = HttpRequest.newBuilder(url).POST(BodyPublishers.ofByteArray(new byte[3_000_000]));
    var response = client().send(post.build(), BodyHandlers.ofString());
    assertEquals("3000000 " + scheme.equals("https"), response.body());
  }

  private static void length(Request request, Response response) throws IOException {
    long bytes = request.body().transferTo(OutputStream.nullOutputStream());
    response.write(bytes + " " + request.secure());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void a_stream_that_is_cut_is_an_error_and_the_next_one_is_none(String scheme) throws Exception {
    URI url =
        serve(
            scheme,
            (request, response) -> {
              response.write("first\n");
              if (request.path().equals("/cut")) {
                response.flush();
                response.abort("as the test says");
              }
            });
    HttpClient client = client();
    HttpRequest cut = HttpRequest.newBuilder(url.resolve("/cut")).build();
    assertThrows(IOException.class, () -> client.send(cut, BodyHandlers.ofString()));
    HttpRequest whole = HttpRequest.newBuilder(url.resolve("/whole")).build();
    assertEquals("first\n", client.send(whole, BodyHandlers.ofString()).body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void many_requests_at_once_share_a_connection(String scheme) throws Exception {
    URI url = serve(scheme, (request, response) -> response.write(request.remoteAddress() + ""));
    HttpClient client = client();
    HttpRequest request = HttpRequest.newBuilder(url).build();
    String first = client.send(request, BodyHandlers.ofString()).body();
    List<CompletableFuture<HttpResponse<String>>> sent =
        IntStream.range(0, 100)
            .mapToObj(i -> client.sendAsync(request, BodyHandlers.ofString()))
            .toList();
    for (var response : sent) {
      assertEquals(first, response.get().body());
    }
  }

  @Test
  void over_tls_it_may_stay_with_http_1_1() throws Exception {
    URI url = serve("https", (request, response) -> response.write("" + request.version()));
    var response =
        client(HTTP_1_1, null).send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
    assertEquals("HTTP/1.1", response.body());
    assertEquals(HTTP_1_1, response.version());
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
  void the_handler_knows_the_certificate_that_it_shows(HttpClient.Version version)
      throws Exception {
    TestAuthority.Issued own = tls.authority().issue("alice");
    var options =
        TestServer.options()
            .withTls(tls.options().withClientAuthorities(Path.of(tls.authorityFile())));
    server.start(
        options,
        (request, response) ->
            response.write(
                request.clientCertificates().getFirst().getSubjectX500Principal().getName()));
    URI url = URI.create("https://localhost:" + server.address().getPort() + "/");
    var response =
        client(version, own).send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
    assertEquals("CN=alice", response.body());
  }
}
