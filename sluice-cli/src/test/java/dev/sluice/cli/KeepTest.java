package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.cli.SseViewer.Event;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

/** {@code --keep}: what is dropped is told, and a stream with a hole never ends as if whole. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class KeepTest {
  private static final Pattern GAP =
      Pattern.compile("\\{\"from\":\"0{16}_(\\d{16})\",\"to\":\"0{16}_(\\d{16})\"\\}");

  /** 8,888,896 bytes. */
  private static final String MUCH = "seq 1000000 2111111";

  @Test
  void a_viewer_from_the_beginning_is_told_of_the_gap_or_refused() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.run("--keep", "1K", "--", "sh", "-c", MUCH)) {
      URI url = sluice.awaitUrl();
      sluice.awaitCommandEnd();
      long start = assertGapThenTheRest(url);
      String offset = "0000000000000000_%016d".formatted(start);
      String refused = Viewer.answer(url);
      assertTrue(refused.startsWith("HTTP/1.1 410 "), refused);
      assertTrue(refused.contains("ask for ?offset=" + offset), refused);
      try (Viewer raw = Viewer.of(url.resolve("/?offset=" + offset))) {
        assertIsEndOfMuch(raw.wholeBody(), start);
        assertEquals("0", raw.exitStatus());
      }
      try (Viewer lines = Viewer.of(url.resolve("/?as=ndjson"))) {
        String first = lines.wholeBody().lines().findFirst().orElseThrow();
        assertTrue(first.contains("\"kind\":\"gap\""), first);
      }
    }
  }

  /** Returns where the gap ends. */
  private static long assertGapThenTheRest(URI url) throws IOException {
    try (SseViewer viewer = SseViewer.of(url)) {
      Event gap = viewer.next();
      assertEquals("gap", gap.type());
      Matcher range = GAP.matcher(gap.data());
      assertTrue(range.matches(), gap.data());
      assertEquals(0, Long.parseLong(range.group(1)));
      long start = Long.parseLong(range.group(2));
      assertIsEndOfMuch(SseViewer.text(viewer.toEnd()), start);
      return start;
    }
  }

  private static void assertIsEndOfMuch(String text, long start) {
    int total = 1_111_112 * 8;
    assertEquals(total - start, text.length());
    assertTrue(text.length() >= 1024, "what was promised is kept");
    assertTrue(text.length() < 1024 * 1024, "and hardly more: " + text.length());
    assertTrue(text.endsWith("2111110\n2111111\n"), "and it is the latest");
  }

  @Test
  void one_that_falls_behind_is_told_of_the_gap_or_cut() throws Exception {
    String script = "echo first; read go; head -c 40000000 /dev/zero; echo last";
    try (SluiceProcess sluice = SluiceProcess.run("--keep", "1M", "--", "sh", "-c", script)) {
      URI url = sluice.awaitUrl();
      try (Viewer raw = Viewer.slow(url);
          Viewer sse = Viewer.slow(url.resolve("/?as=sse"))) {
        raw.until("first\n");
        sse.until("first\\n\"}\n\n");
        sluice.go();
        sluice.awaitCommandEnd();
        raw.expectCut();
        assertGapWithin(sse.wholeBody());
      }
    }
  }

  private static void assertGapWithin(String events) {
    List<String> types =
        events
            .lines()
            .filter(line -> line.startsWith("event: "))
            .map(line -> line.substring(7))
            .toList();
    assertEquals("stdout", types.getFirst());
    assertTrue(types.contains("gap"), types.toString());
    assertEquals(List.of("exit", "end"), types.subList(types.size() - 2, types.size()));
    assertTrue(events.contains("last\\n"), "it goes on behind the gap");
  }

  @Test
  void a_line_longer_than_what_is_kept_is_no_harm() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.run("--keep", "1", "--", "echo", "a long line");
        Viewer viewer = Viewer.of(sluice.awaitUrl())) {
      assertEquals("a long line\n", viewer.wholeBody());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1000, 1000",
    "1b, 1",
    "64k, 65536",
    "64KiB, 65536",
    "256M, 268435456",
    "2gb, 2147483648",
    "3T, 3298534883328",
  })
  void a_size_is_a_number_and_a_power_of_1024(String text, long bytes) {
    assertEquals(bytes, new ByteSize().convert(text));
  }

  @ParameterizedTest
  @CsvSource({"''", "0", "0K", "-1", "M", "1.5M", "1X", "1 M", "+1", "999999999999T", "٣"})
  void anything_else_is_none(String text) {
    var refusal = assertThrows(TypeConversionException.class, () -> new ByteSize().convert(text));
    assertEquals(
        "'" + text + "' is not a size; write bytes, or a number with K, M, G or T: 256M",
        refusal.getMessage());
  }
}
