package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON that is looked through and handed on. */
final class JsonTest {

  private static List<String> split(InputStream in) throws Exception {
    List<String> messages = new ArrayList<>();
    Json.split(in, message -> messages.add(new String(message, StandardCharsets.UTF_8)));
    return messages;
  }

  private static List<String> split(String text) throws Exception {
    return split(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void messages_keep_their_bytes_but_for_line_breaks() throws Exception {
    String text = "[ {\"b\" : 1.0e+5,\r\n \"a\":[ ]} ,\n\"\\u00e9\\n é\",-0,null,[[1]], true\n] \n";
    assertEquals(
        List.of("{\"b\" : 1.0e+5, \"a\":[ ]}", "\"\\u00e9\\n é\"", "-0", "null", "[[1]]", "true"),
        split(text));
    assertEquals(List.of(), split("[]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "1",
        "[1",
        "[1,]",
        "[1]]",
        "[1] 2",
        "[tru]",
        "[\"a\nb\"]",
        "[01]",
        "[1 2]"
      })
  void what_is_no_array_of_json_is_refused(String text) {
    assertThrows(JsonProcessingException.class, () -> split(text));
  }

  @Tag("external")
  @Test
  void a_message_that_is_too_large_is_refused_before_it_is_held() {
    var blanks =
        new InputStream() {
          @Override
          public int read() {
            return ' ';
          }

          @Override
          public int read(byte[] to, int from, int count) {
            Arrays.fill(to, from, from + count, (byte) ' ');
            return count;
          }
        };
    var endless = new SequenceInputStream(new ByteArrayInputStream(new byte[] {'['}), blanks);
    assertThrows(JsonProcessingException.class, () -> split(endless));
  }

  @Test
  void a_read_that_fails_is_not_taken_for_bad_json() {
    var failing =
        new FilterInputStream(InputStream.nullInputStream()) {
          @Override
          public int read(byte[] to, int from, int count) throws IOException {
            throw new IOException("cut");
          }
        };
    IOException e = assertThrows(IOException.class, () -> split(failing));
    assertEquals("cut", e.getMessage());
  }

  @Test
  void arrays_of_anything_are_taken_apart_however_they_are_cut() throws Exception {
    long seed = Long.getLong("sluice.test.seed", ThreadLocalRandom.current().nextLong());
    var random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<String> messages = new ArrayList<>();
      var text = new StringBuilder("[");
      for (int i = random.nextInt(40); i > 0; i--) {
        String message = value(random, 4);
        messages.add(message.replaceAll("[\r\n]", ""));
        text.append(blank(random)).append(message).append(blank(random)).append(i > 1 ? "," : "");
      }
      text.append("]").append(blank(random));
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      assertEquals(messages, split(new Trickle(bytes, random)), "-Dsluice.test.seed=" + seed);
    }
  }

  /** A few bytes at once. */
  private static final class Trickle extends ByteArrayInputStream {
    private final Random random;

    Trickle(byte[] bytes, Random random) {
      super(bytes);
      this.random = random;
    }

    @Override
    public int read(byte[] to, int from, int count) {
      return super.read(to, from, Math.min(count, 1 + random.nextInt(300)));
    }
  }

  private static String blank(Random random) {
    return List.of("", "", " ", "\n", "\r\n", "\t ").get(random.nextInt(6));
  }

  private static String value(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 4 : 6)) {
      case 0 -> List.of("null", "true", "false").get(random.nextInt(3));
      case 1 -> List.of("0", "-1", "12.50", "1E400", "9".repeat(300)).get(random.nextInt(5));
      case 2 -> "\"" + "é€😀\\n\\\"x, ]}".repeat(random.nextInt(3)) + "\"";
      case 3 -> "\"" + "y".repeat(random.nextInt(20) == 0 ? 20_000 : 3) + "\"";
      case 4 -> "[" + value(random, depth - 1) + blank(random) + "," + value(random, 0) + "]";
      default ->
          "{\"k\":" + blank(random) + value(random, depth - 1) + ",\"k\":" + value(random, 0) + "}";
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "\"é\"", "{\"a\":[1,2]}", "null", "[]", " 1 "})
  void a_value_has_no_fault(String text) {
    assertNull(Json.fault(text.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"tru", "1 2", "{\"a\":}", "[1", "\"a", "\0[\0]", "\uFEFF1", "NaN", "{'a':1}"})
  void what_is_no_value_has_one_with_its_place(String text) {
    String fault = Json.fault(text.getBytes(StandardCharsets.UTF_8));
    assertNotNull(fault);
    assertTrue(fault.matches(".+, at column \\d+"), fault);
  }

  @Test
  void what_is_no_text_is_told() {
    assertEquals("it is not in UTF-8", Json.fault(new byte[] {'"', (byte) 0xff, '"'}));
  }
}
