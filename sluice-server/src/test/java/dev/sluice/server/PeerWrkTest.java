package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Request;
import dev.sluice.Response;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("needs-wrk")
final class PeerWrkTest extends PeerTest {
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");

  private final AtomicLong requests = new AtomicLong();

  @Test
  void ten_seconds_of_load_bring_no_error() throws Exception {
    String url = server.start(this::answer).url() + "/";
    PeerProcess wrk = run("wrk", "--threads", "2", "--connections", "64", "--duration", "10s", url);
    String report = String.join("\n", wrk.readToEnd());
    wrk.expectSuccess();
    Matcher rate = RATE.matcher(report);
    assertTrue(rate.find(), report);
    System.out.println("wrk: " + rate.group(1) + " requests/s on 64 connections");
    assertTrue(Double.parseDouble(rate.group(1)) > 0, report);
    assertFalse(report.contains("Socket errors"), report);
    assertFalse(report.contains("Non-2xx"), report);
  }

  /** In turn with a length, and in three flushed chunks. */
  private void answer(Request request, Response response) throws IOException {
    boolean streams = requests.incrementAndGet() % 2 == 0;
    for (int i = 1; i <= 3; i++) {
      response.write("line " + i + "\n");
      if (streams) {
        response.flush();
      }
    }
  }
}
