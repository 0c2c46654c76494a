package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("needs-node")
final class PeerHttp2NodeTest extends PeerHttp2Test {
  /** Prints the body as it comes, the trailers, and how it ended. */
  private static final String CLIENT =
      """
      import {readFileSync} from 'node:fs';
      import {connect} from 'node:http2';
      const [url, ca, method] = process.argv.slice(1);
      const client = connect(url, {ca: readFileSync(ca)});
      const stream = client.request({':method': method, ':path': '/'});
      stream.setEncoding('utf8');
      stream.on('data', text => process.stdout.write(text));
      stream.on('trailers', fields => console.log('count', fields.count));
      stream.on('error', error => console.log(error.code));
      stream.on('close', () => client.close());
      if (method === 'POST') {
        stream.write('a\\n');
        stream.end('b\\n');
      }
      """;

  private PeerProcess node(String url, String method) throws IOException {
    return run("node", "--input-type=module", "-e", CLIENT, url, authorityFile(), method);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void it_reads_what_was_flushed_while_the_handler_waits(String scheme) throws Exception {
    expectInTime(node(serve(scheme, this::answerInTwoSteps), "GET"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void what_it_posts_arrives(String scheme) throws Exception {
    PeerProcess node = node(serve(scheme, PeerHttp2Test::echo), "POST");
    String version = "HTTP/2" + (scheme.equals("https") ? " secure" : "");
    assertEquals(List.of(version, "got a", "got b", "got all"), node.readToEnd());
    node.expectSuccess();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void it_gets_the_trailers(String scheme) throws Exception {
    PeerProcess node = node(serve(scheme, PeerHttp2Test::withTrailers), "GET");
    assertEquals(List.of("line", "count 1"), node.readToEnd());
    node.expectSuccess();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void a_stream_whose_handler_fails_is_an_error(String scheme) throws Exception {
    String url =
        serve(
            scheme,
            (request, response) -> {
              response.write("first\n");
              response.flush();
              awaitGoOn();
              throw new IOException("as the test says");
            });
    PeerProcess node = node(url, "GET");
    assertEquals("first", node.readLine());
    goOn();
    assertEquals(List.of("ERR_HTTP2_STREAM_ERROR"), node.readToEnd());
    node.expectSuccess();
    server.expectLogged("as the test says");
  }
}
