package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What events are in what bytes. */
final class SseParserTest {

  private static List<String> parse(String text) throws CliException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return texts(new SseParser(1000).feed(bytes, bytes.length));
  }

  private static List<String> texts(List<SseEvent> events) {
    return events.stream()
        .map(event -> event.type() + "=" + new String(event.data(), StandardCharsets.UTF_8))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "event: data\\ndata:one\\n\\n|data=one",
        "event:data\\ndata:  one \\ndata:\\ndata: two\\n\\n|data= one \\n\\ntwo",
        "data:one\\n\\n|message=one",
        "data\\n\\n|message=",
        "event: data\\n\\ndata:one\\n\\n|message=one",
        ":a comment\\nid: 7\\nretry: 5\\nother\\ndata:one\\n\\n|message=one",
        "\uFEFFdata:one\\n\\n|message=one",
        "data:one\\r\\r\\n|message=one",
        "data:one\\r\\n\\r\\n|message=one",
        "data: é\u2028€\\n\\n|message=é\u2028€",
        "\\n\\n\\ndata:one\\n\\n|message=one",
      })
  void an_event_is_what_the_standard_says(String stream, String event) throws CliException {
    String text = stream.replace("\\n", "\n").replace("\\r", "\r");
    assertEquals(List.of(event.replace("\\n", "\n")), parse(text));
  }

  @ParameterizedTest
  @CsvSource({"data:one", "'data:one\\n'", "'event: data\\n\\n'", "':\\n\\n'", "''"})
  void what_has_no_data_or_no_end_is_no_event(String stream) throws CliException {
    assertEquals(List.of(), parse(stream.replace("\\n", "\n")));
  }

  @Test
  void an_event_that_is_too_large_is_an_error_before_it_is_held() throws CliException {
    var parser = new SseParser(100);
    byte[] part = "data:0123456789\n".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 8; i++) {
      parser.feed(part, part.length);
    }
    assertThrows(CliException.class, () -> parser.feed(part, part.length));
    byte[] endless = "x".repeat(101).getBytes(StandardCharsets.US_ASCII);
    assertThrows(CliException.class, () -> new SseParser(100).feed(endless, endless.length));
  }

  @Test
  void it_does_not_matter_where_lines_end_or_bytes_are_cut() throws CliException {
    long seed = Long.getLong("sluice.test.seed", ThreadLocalRandom.current().nextLong());
    var random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      List<String> expected = new ArrayList<>();
      byte[] stream = stream(random, expected);
      var parser = new SseParser(100_000);
      List<String> got = new ArrayList<>();
      for (int at = 0; at < stream.length; ) {
        int count = Math.min(stream.length - at, 1 + random.nextInt(1 + random.nextInt(100)));
        got.addAll(texts(parser.feed(Arrays.copyOfRange(stream, at, at + count), count)));
        at += count;
      }
      assertEquals(expected, got, "-Dsluice.test.seed=" + seed);
    }
  }

  private static byte[] stream(Random random, List<String> expected) {
    var stream = new ByteArrayOutputStream();
    for (int i = 0; i < 20; i++) {
      List<String> lines = new ArrayList<>();
      for (int line = 0; line <= random.nextInt(4); line++) {
        lines.add(" é:€x".repeat(random.nextInt(3)));
      }
      String type = random.nextBoolean() ? "data" : "control";
      write("event:" + type, random, stream);
      for (String line : lines) {
        if (random.nextInt(5) == 0) {
          write(": é", random, stream);
        }
        write("data: " + line, random, stream);
      }
      write("", random, stream);
      expected.add(type + "=" + String.join("\n", lines));
    }
    return stream.toByteArray();
  }

  private static void write(String line, Random random, ByteArrayOutputStream stream) {
    String end = List.of("\n", "\r", "\r\n").get(random.nextInt(3));
    // After a lone CR, an empty line that ends with LF would be the other half of CRLF.
    byte[] bytes = stream.toByteArray();
    boolean afterReturn = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
    String safe = line.isEmpty() && afterReturn && end.equals("\n") ? "\r" : end;
    stream.writeBytes((line + safe).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void any_bytes_are_taken_without_a_fault() throws CliException {
    long seed = Long.getLong("sluice.test.seed", ThreadLocalRandom.current().nextLong());
    var random = new Random(seed);
    var parser = new SseParser(1_000_000);
    String letters = "data:evnt \r\n\0\u00ff";
    int events = 0;
    for (int round = 0; round < 1000; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) letters.charAt(random.nextInt(letters.length()));
      }
      events += parser.feed(bytes, bytes.length).size();
    }
    assertTrue(events >= 0, "-Dsluice.test.seed=" + seed);
  }
}
