package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("needs-curl")
final class PeerHttp2CurlTest extends PeerHttp2Test {
  private PeerProcess curl(String scheme, Handler handler, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("curl", "-sSN", "--cacert", authorityFile()));
    command.addAll(List.of(options));
    command.add(serve(scheme, handler));
    return run(command.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"http, --http2", "http, --http2-prior-knowledge", "https, --http2"})
  void it_shows_what_was_flushed_while_the_handler_waits(String scheme, String option)
      throws Exception {
    PeerProcess curl =
        curl(scheme, this::answerInTwoSteps, option, "-w", "%{http_version} %{num_connects}\n");
    assertEquals("first", curl.readLine());
    goOn();
    assertEquals(List.of("second", "2 1"), curl.readToEnd());
    curl.expectSuccess();
  }

  @Test
  void over_tls_it_may_stay_with_http_1_1() throws Exception {
    PeerProcess curl =
        curl("https", this::answerInTwoSteps, "--http1.1", "-w", "%{http_version}\n");
    assertEquals("first", curl.readLine());
    goOn();
    assertEquals(List.of("second", "1.1"), curl.readToEnd());
    curl.expectSuccess();
  }

  @ParameterizedTest
  @CsvSource({"http, --http2-prior-knowledge", "https, --http2"})
  void what_it_posts_arrives_whole(String scheme, String option) throws Exception {
    PeerProcess curl = curl(scheme, PeerHttp2Test::echo, option, "-d", "a\nb\nc");
    String secure = scheme.equals("https") ? " secure" : "";
    assertEquals(
        List.of("HTTP/2" + secure, "got a", "got b", "got c", "got all"), curl.readToEnd());
    curl.expectSuccess();
  }

  /** What is behind the request of an upgrade is still HTTP/1.1; it may stay with that. */
  @Test
  void an_upgrade_with_a_body_is_answered_over_http_1_1() throws Exception {
    PeerProcess curl = curl("http", PeerHttp2Test::echo, "--http2", "-d", "a");
    assertEquals(List.of("HTTP/1.1", "got a", "got all"), curl.readToEnd());
    curl.expectSuccess();
  }

  @ParameterizedTest
  @CsvSource({"http, --http2-prior-knowledge", "https, --http2", "https, --http1.1"})
  void it_uploads_line_by_line_while_it_is_answered_line_by_line(String scheme, String option)
      throws Exception {
    PeerProcess curl = curl(scheme, PeerHttp2Test::echo, option, "-T", ".");
    assertTrue(curl.readLine().startsWith("HTTP/"));
    for (int i = 1; i <= 3; i++) {
      curl.writeLine("line " + i);
      assertEquals("got line " + i, curl.readLine());
    }
    curl.endInput();
    assertEquals(List.of("got all"), curl.readToEnd());
    curl.expectSuccess();
  }

  @ParameterizedTest
  @CsvSource({"http, --http2-prior-knowledge", "https, --http2", "https, --http1.1"})
  void it_shows_the_trailers(String scheme, String option) throws Exception {
    PeerProcess curl = curl(scheme, PeerHttp2Test::withTrailers, option, "-i");
    List<String> lines = curl.readToEnd();
    curl.expectSuccess();
    int line = lines.indexOf("line");
    assertTrue(line > 0, lines::toString);
    assertTrue(
        lines.subList(line, lines.size()).stream().anyMatch(each -> each.matches("(?i)count: 1 *")),
        lines::toString);
  }

  @ParameterizedTest
  @CsvSource({"http, --http2", "http, --http2-prior-knowledge", "https, --http2"})
  void a_stream_that_is_cut_is_an_error_behind_what_was_flushed(String scheme, String option)
      throws Exception {
    PeerProcess curl = curl(scheme, this::cut, option);
    assertEquals("first", curl.readLine());
    goOn();
    assertEquals(List.of(), curl.readToEnd());
    assertEquals(92, curl.awaitStatus(), curl.errors()); // "was not closed cleanly"
  }

  @Test
  void one_that_is_cut_over_tls_and_http_1_1_is_an_error() throws Exception {
    PeerProcess curl = curl("https", this::cut, "--http1.1");
    assertEquals("first", curl.readLine());
    goOn();
    assertEquals(List.of(), curl.readToEnd());
    int status = curl.awaitStatus();
    assertTrue(List.of(18, 56).contains(status), "status " + status + ", " + curl.errors());
  }

  @ParameterizedTest
  @CsvSource({"http, --http2-prior-knowledge", "https, --http2"})
  void kill_9_interrupts_a_handler_that_waits_and_never_writes(String scheme, String option)
      throws Exception {
    var waits = new Gate();
    var interrupted = new CompletableFuture<Boolean>();
    PeerProcess curl =
        curl(
            scheme,
            (request, response) -> {
              waits.open();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.complete(true);
                throw e;
              }
            },
            option);
    waits.pass();
    curl.kill();
    assertTrue(interrupted.get(60, TimeUnit.SECONDS));
  }

  @Test
  void many_at_once_share_a_connection() throws Exception {
    String url = serveTls((request, response) -> response.write(request.path() + "\n"));
    PeerProcess curl =
        run(
            "curl",
            "-sSNZ",
            "--no-progress-meter",
            "--cacert",
            authorityFile(),
            "--parallel-max",
            "50",
            url + "[1-200]");
    assertEquals(200, curl.readToEnd().stream().distinct().count());
    curl.expectSuccess();
  }
}
