package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.cli.Batches.Batch;
import java.io.ByteArrayInputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** How lines of JSON become appends. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class JsonBatchesTest {

  private static JsonBatches of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new JsonBatches(InputBatches.of(new ByteArrayInputStream(bytes)), 1_000_000);
  }

  private static String next(Batches batches) throws Exception {
    Batch batch = batches.take();
    assertNotNull(batch, "there is no further one");
    return new String(batch.bytes(), StandardCharsets.UTF_8) + " " + batch.count();
  }

  @Test
  void lines_are_messages_without_the_empty_ones() throws Exception {
    JsonBatches batches = of("{\"a\": 1}\n\n [2]\r\n \t\n\"é\"\n7");
    assertEquals("[{\"a\": 1},[2],\"é\"] 5", next(batches));
    assertEquals("[7] 1", next(batches));
    assertNull(batches.take());
    assertNull(batches.take());
  }

  @Test
  void nothing_but_empty_lines_is_nothing() throws Exception {
    assertNull(of("\n\n \n").take());
    assertNull(of("").take());
  }

  @Test
  void a_line_that_is_longer_than_what_is_read_at_once_is_one_message() throws Exception {
    String line = "\"" + "x".repeat(3 * InputBatches.BATCH_BYTES) + "\"";
    JsonBatches batches = of(line + "\n1\n");
    List<String> messages = new ArrayList<>();
    for (Batch batch = batches.take(); batch != null; batch = batches.take()) {
      String array = new String(batch.bytes(), StandardCharsets.UTF_8);
      messages.addAll(List.of(array.substring(1, array.length() - 1).split(",")));
    }
    assertEquals(List.of(line, "1"), messages);
  }

  @Test
  void what_is_not_json_is_told_with_its_line_behind_all_before_it() throws Exception {
    JsonBatches batches = of("1\n\n2\n{\"a\":}\n3\n");
    assertEquals("[1,2] 3", next(batches));
    for (int i = 0; i < 2; i++) {
      String told = assertThrows(CliException.class, batches::take).getMessage();
      assertEquals(
          "standard input: line 4 is not JSON: Unexpected character ('}' (code 125)): expected a"
              + " value, at column 6; the lines before it are in",
          told);
    }
  }

  @Test
  void a_line_without_an_end_is_too_long_at_some_point() {
    byte[] endless = "1".repeat(2_000_000).getBytes(StandardCharsets.US_ASCII);
    var batches = new JsonBatches(InputBatches.of(new ByteArrayInputStream(endless)), 1_000_000);
    assertEquals(
        "standard input: line 1 is longer than 976.6 KiB; split it; the lines before it are in",
        assertThrows(CliException.class, batches::take).getMessage());
  }

  @Test
  void a_part_of_a_line_is_left_out_when_the_reading_is_ended() throws Exception {
    try (var out = new PipedOutputStream();
        var in = new PipedInputStream(out)) {
      InputBatches input = InputBatches.of(in);
      var batches = new JsonBatches(input, 1000);
      out.write("1\n23".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertEquals("[1] 1", next(batches));
      input.stop();
      assertNull(batches.take());
    }
  }
}
