package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tools of nghttp2, which do not check certificates. */
@Tag("needs-nghttp")
@Tag("needs-h2load")
final class PeerHttp2NghttpTest extends PeerHttp2Test {

  @ParameterizedTest
  @CsvSource({"http, --no-dep", "http, --upgrade", "https, --no-dep"})
  void it_shows_what_was_flushed_while_the_handler_waits(String scheme, String option)
      throws Exception {
    expectInTime(run("stdbuf", "-oL", "nghttp", option, serve(scheme, this::answerInTwoSteps)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void a_flush_is_a_frame_and_trailers_end_the_stream(String scheme) throws Exception {
    PeerProcess nghttp = run("nghttp", "-v", serve(scheme, PeerHttp2Test::withTrailers));
    List<String> lines = nghttp.readToEnd();
    nghttp.expectSuccess();
    List<String> got =
        lines.stream()
            .filter(line -> line.matches("line|.* recv .*(DATA|count).*"))
            .map(line -> line.replaceFirst(".*recv (\\(stream_id=\\d+\\) )?", ""))
            .map(line -> line.replaceFirst(" frame <length=(\\d+), flags=(\\w+).*", " $1 $2"))
            .toList();
    assertEquals(List.of("line", "DATA 5 0x00", "count: 1"), got, lines::toString);
  }

  @Test
  void several_files_at_once_come_over_one_connection() throws Exception {
    String url = serve((request, response) -> response.write(request.path() + "\n"));
    PeerProcess nghttp = run("nghttp", "--no-dep", url + "a", url + "b", url + "c");
    assertEquals(List.of("/a", "/b", "/c"), nghttp.readToEnd().stream().sorted().toList());
    nghttp.expectSuccess();
  }

  @ParameterizedTest
  @CsvSource({"http, --h1", "http, --no-tls-proto=h2c", "https, --h1", "https, --npn-list=h2"})
  void every_request_of_a_load_succeeds(String scheme, String option) throws Exception {
    String url =
        serve(
            scheme,
            (request, response) -> {
              response.write("one\n");
              response.flush();
              response.write("two\n");
            });
    PeerProcess h2load = run("h2load", "-n", "4000", "-c", "20", "-m", "20", option, url);
    List<String> lines = h2load.readToEnd();
    h2load.expectSuccess();
    assertTrue(
        lines.contains(
            "requests: 4000 total, 4000 started, 4000 done, 4000 succeeded, 0 failed, 0 errored,"
                + " 0 timeout"),
        lines::toString);
  }
}
