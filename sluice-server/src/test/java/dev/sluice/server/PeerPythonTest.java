package dev.sluice.server;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("needs-python3")
final class PeerPythonTest extends PeerTest {
  private static final String READ_LINES =
      """
      import sys, urllib.request
      with urllib.request.urlopen(sys.argv[1], timeout=20) as response:
          for line in response:
              print(line.decode(), end='', flush=True)
      """;

  @Test
  void urllib_reads_what_was_flushed_while_the_handler_waits() throws Exception {
    expectInTime(run("python3", "-c", READ_LINES, serveInTwoSteps()));
  }
}
