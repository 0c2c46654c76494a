package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.Request;
import dev.sluice.Response;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are replaced while streams are open. It takes seconds, as files are polled. */
@Tag("external")
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class CertificateRenewalTest {
  private static final int STREAMS_EACH = 25;
  private static final int RENEWALS = 3;

  @RegisterExtension final TestServer server = new TestServer();

  @TempDir private Path directory;
  private PeerTls tls;
  private final AtomicBoolean enough = new AtomicBoolean();

  /** Of each stream, how many lines have been read. */
  private final List<AtomicLong> read = new ArrayList<>();

  @BeforeEach
  void issue() throws IOException {
    tls = PeerTls.in(directory);
  }

  @Test
  void no_stream_is_lost_and_new_connections_see_the_new_one() throws Exception {
    server.start(TestServer.options().withTls(tls.options()), this::count);
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> streams = new ArrayList<>();
      for (Version version : Version.values()) {
        HttpClient client = client(version);
        for (int i = 0; i < STREAMS_EACH; i++) {
          streams.add(follow(client, readers));
        }
      }
      awaitMore();
      for (int i = 0; i < RENEWALS; i++) {
        X509Certificate renewed = tls.renew().certificate();
        Certificate shown = shown();
        while (!shown.equals(renewed)) {
          awaitMore();
          shown = shown();
        }
        awaitMore();
      }
      enough.set(true);
      for (int i = 0; i < streams.size(); i++) {
        assertEquals(read.get(i).get(), streams.get(i).get(), "lines, of those that it ends with");
      }
    }
  }

  /** Counts aloud until it is enough, and then says how far it came. */
  private void count(Request request, Response response) throws IOException, InterruptedException {
    long lines = 0;
    while (!enough.get()) {
      response.write(++lines + "\n");
      response.flush();
      Thread.sleep(5);
    }
    response.write("end " + lines + "\n");
  }

  private HttpClient client(Version version) {
    return server.closeAfter(
        HttpClient.newBuilder()
            .version(version)
            .sslContext(tls.authority().clientContext())
            .build());
  }

  /** Reads a stream to its end; the result is what that says. */
  private Future<Long> follow(HttpClient client, ExecutorService readers) throws Exception {
    URI url = URI.create("https://localhost:" + server.address().getPort() + "/");
    var response = client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofInputStream());
    assertEquals(client.version(), response.version());
    var lines = new AtomicLong();
    read.add(lines);
    return readers.submit(() -> {
      try (var body =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.US_ASCII))) {
        String line = body.readLine();
        for (; line.equals(Long.toString(lines.get() + 1)); line = body.readLine()) {
          lines.incrementAndGet();
        }
        return Long.parseLong(line.replaceFirst("end ", ""));
      }
    });
  }

  /** Waits until each stream has gone on. */
  private void awaitMore() throws InterruptedException {
    List<Long> before = read.stream().map(AtomicLong::get).toList();
    for (int i = 0; i < before.size(); i++) {
      AtomicLong lines = read.get(i);
      long known = before.get(i);
      Await.until("a stream goes on", () -> lines.get() > known);
    }
  }

  /** The certificate that a new connection sees. */
  private Certificate shown() throws IOException {
    var sockets = tls.authority().clientContext().getSocketFactory();
    try (var socket = (SSLSocket) sockets.createSocket("localhost", server.address().getPort())) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }
}
