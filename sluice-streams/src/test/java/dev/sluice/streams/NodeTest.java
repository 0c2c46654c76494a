package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.Router;
import dev.sluice.journal.Kind;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Node decodes what we encode. */
@Tag("external")
@Tag("needs-node")
@Timeout(180)
final class NodeTest {
  private static final String DIGEST =
      """
      import {createHash} from 'node:crypto';
      const digests = {stdout: createHash('sha256'), stderr: createHash('sha256')};
      const [url, as] = process.argv.slice(1);
      let rest = '';
      function take(kind, {text, base64}) {
        digests[kind]?.update(text ?? Buffer.from(base64, 'base64'));
      }
      function event(block) {
        const fields = Object.fromEntries(block.split('\\n').map((line) => line.split(/: (.*)/)));
        take(fields.event, JSON.parse(fields.data ?? '{}'));
      }
      function line(text) {
        const piece = JSON.parse(text);
        take(piece.kind, piece);
      }
      const response = await fetch(url + '?as=' + as);
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        const parts = (rest + text).split(as === 'sse' ? '\\n\\n' : '\\n');
        rest = parts.pop();
        parts.forEach(as === 'sse' ? event : line);
      }
      console.log(digests.stdout.digest('hex') + ' ' + digests.stderr.digest('hex'));
      """;

  @Test
  void every_byte_of_a_binary_journal_arrives() throws Exception {
    var random = new Random(7);
    var recorded = new Recorded();
    var out = MessageDigest.getInstance("SHA-256");
    var err = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < 500; i++) {
      byte[] bytes = new byte[random.nextInt(10_000)];
      random.nextBytes(bytes);
      boolean isError = random.nextBoolean();
      recorded.add(isError ? Kind.STDERR : Kind.STDOUT, bytes);
      (isError ? err : out).update(bytes);
    }
    recorded.close(0);
    HexFormat hex = HexFormat.of();
    String digests = hex.formatHex(out.digest()) + " " + hex.formatHex(err.digest());
    var site = new JournalHandler(recorded.journals(), (journal, count) -> {}).addTo(new Router());
    try (Server server = Server.start(ServerOptions.defaults().withPort(0), site)) {
      assertEquals(digests, digests(server.url() + "/build", "sse"));
      assertEquals(digests, digests(server.url() + "/build", "ndjson"));
    }
  }

  private static String digests(String url, String as) throws Exception {
    Process node =
        new ProcessBuilder("node", "--input-type=module", "-e", DIGEST, url, as)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      return new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } finally {
      node.destroyForcibly();
    }
  }
}
