package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** httpx of Debian, with its module for HTTP/2; in cleartext by prior knowledge. */
@Tag("needs-httpx")
final class PeerHttp2PythonTest extends PeerHttp2Test {
  private static final String CLIENT =
      """
      import sys, httpx
      url, ca, method = sys.argv[1:]
      body = (line for line in [b'a\\n', b'b\\n']) if method == 'POST' else None
      with httpx.Client(http1=False, http2=True, verify=ca, timeout=20) as client:
          try:
              with client.stream(method, url, content=body) as response:
                  print(response.http_version, flush=True)
                  for line in response.iter_lines():
                      print(line.rstrip(), flush=True)
          except httpx.RemoteProtocolError as error:
              print('cut')
      """;

  private PeerProcess python(String url, String method) throws IOException {
    return run("/usr/bin/python3", "-c", CLIENT, url, authorityFile(), method);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void it_reads_what_was_flushed_while_the_handler_waits(String scheme) throws Exception {
    PeerProcess python = python(serve(scheme, this::answerInTwoSteps), "GET");
    assertEquals("HTTP/2", python.readLine());
    expectInTime(python);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void what_it_posts_arrives(String scheme) throws Exception {
    PeerProcess python = python(serve(scheme, PeerHttp2Test::echo), "POST");
    String version = "HTTP/2" + (scheme.equals("https") ? " secure" : "");
    assertEquals(List.of("HTTP/2", version, "got a", "got b", "got all"), python.readToEnd());
    python.expectSuccess();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void a_stream_that_is_cut_is_an_error(String scheme) throws Exception {
    PeerProcess python = python(serve(scheme, this::cut), "GET");
    assertEquals("HTTP/2", python.readLine());
    assertEquals("first", python.readLine());
    goOn();
    assertEquals(List.of("cut"), python.readToEnd());
    python.expectSuccess();
  }
}
