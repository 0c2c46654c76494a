package dev.sluice.server;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("needs-node")
final class PeerNodeTest extends PeerTest {
  private static final String READ_CHUNKS =
      """
      const response = await fetch(process.argv[1]);
      for await (const chunk of response.body) {
        process.stdout.write(chunk);
      }
      """;

  @Test
  void fetch_reads_what_was_flushed_while_the_handler_waits() throws Exception {
    expectInTime(run("node", "--input-type=module", "-e", READ_CHUNKS, serveInTwoSteps()));
  }
}
