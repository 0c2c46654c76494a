package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.examples.Example;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines that {@code sluice demo} prints, pasted into a shell, on each version of HTTP. */
@Tag("external")
@Tag("needs-curl")
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class DemoCurlTest {
  private static final Pattern CURL = Pattern.compile("(curl .*) https?://\\S+?(/.*)");
  private static final List<String> TICKS =
      List.of("tick 1", "tick 2", "tick 3", "tick 4", "tick 5");

  @ParameterizedTest
  @CsvSource({"'', ''", "'', --http2-prior-knowledge", "--tls self-signed, ''"})
  void each_shows_what_it_is_for(String options, String more) throws Exception {
    String call = ("demo --listen 0 --quiet " + options).strip();
    try (SluiceProcess demo = SluiceProcess.start(call.split(" "))) {
      BufferedReader out = demo.process().inputReader();
      Map<String, Process> curls = new LinkedHashMap<>();
      for (int i = 0; i < Example.all().size(); i++) {
        assertTrue(out.readLine().startsWith("# "));
        String line = out.readLine();
        Matcher curl = CURL.matcher(line);
        assertTrue(curl.matches(), line);
        if (!curl.group(2).equals("/large")) { // which takes its time
          String version = curl.group(2).equals("/hijack") ? "" : more;
          curls.put(curl.group(2), shell(line + " -sS " + version));
        }
      }
      expect(List.of("line 1 of 3", "line 2 of 3", "line 3 of 3"), curls.get("/buffered"));
      expect(TICKS, curls.get("/flush"));
      expect(List.of("tick 1", "tick 2", "tick 3"), curls.get("/command"));
      expect(
          List.of("This is a bare connection. Say something, or bye.", "Bye."),
          curls.get("/hijack"));
      assertEquals(6, lines(curls.get("/buffering-wrapper")).size());
    }
  }

  private static Process shell(String line) throws Exception {
    return new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
  }

  private static List<String> lines(Process process) throws Exception {
    byte[] printed = process.getInputStream().readAllBytes();
    assertEquals(0, process.waitFor(), () -> new String(printed, StandardCharsets.UTF_8));
    return new String(printed, StandardCharsets.UTF_8).lines().toList();
  }

  private static void expect(List<String> lines, Process process) throws Exception {
    assertEquals(lines, lines(process));
  }
}
