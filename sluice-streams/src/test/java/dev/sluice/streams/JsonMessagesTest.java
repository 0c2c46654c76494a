package dev.sluice.streams;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.RequestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of JSON: each comes out as it was sent, on one line; what is no JSON is refused. */
final class JsonMessagesTest {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** Fixed ones, and one of today that the test's name shows. */
  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 8), LongStream.of(new Random().nextLong()));
  }

  @Test
  void one_value_is_one_message() {
    for (String value :
        new String[] {"1", "-0.5e+7", "\"\"", "true", "null", "{}", "{\"a\":[1]}"}) {
      assertEquals(value + "\n", lines(value));
      assertEquals(value + "\n", lines(" \t\r\n" + value + "\n \r\n\t"));
    }
  }

  @Test
  void an_array_is_its_elements_and_no_deeper() {
    assertEquals("", lines("[]"));
    assertEquals("", lines(" [ \r\n ] "));
    assertEquals("1\n\"a\"\n{}\n[]\n[2,[3]]\n", lines("[1 , \"a\",{},[],\n[2,[3]]]"));
    assertEquals("[]\n", lines("[[]]"));
  }

  @Test
  void what_is_within_a_message_stays_as_it_was_sent() {
    String odd = "{ \"b\" :\t1.0E2, \"a\":\"\\u0041\\/\\ud800 \u2028\", \"a\": 0 }";
    assertEquals(odd + "\n", lines(odd));
    assertEquals("{\"a\":  1,\"b\":2}\n", lines("{\"a\": \r\n 1,\n\"b\":2}"));
  }

  @Test
  void numbers_may_be_as_large_as_they_like() {
    String huge = "9".repeat(5000) + "." + "1".repeat(3000) + "e-" + "7".repeat(2000);
    assertEquals(huge + "\n" + huge + "\n", lines("[" + huge + "," + huge + " ]"));
    assertEquals(huge + "\n", lines(huge));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[",
        "]",
        "{",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "1 2",
        "[1][2]",
        "{}{}",
        "{} x",
        "[] x",
        "NaN",
        "Infinity",
        "-Infinity",
        "+1",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "0x1",
        "tru",
        "truex",
        "nul",
        "\"",
        "\"a",
        "\"\n\"",
        "\"\t\"",
        "\"\\x\"",
        "\"\\u12\"",
        "// c\n1",
        "/* c */ 1",
        "# c\n1",
        "undefined",
        "[1,undefined]",
        "\ufeff1",
        "\u00a01",
        "1\u00a0",
        "\0",
        "1\0",
        "[\0]",
        "[1}",
        "{]",
        "{\"a\"}",
        "{1:2}",
        "[\"a\":1]"
      })
  void what_is_no_json_is_refused(String text) {
    assertRefused(text.getBytes(UTF_8));
  }

  @Test
  void what_is_no_utf_8_is_refused() {
    assertRefused("\"\u00e9\"".getBytes(ISO_8859_1));
    assertRefused("\"abcd\"".getBytes(UTF_16BE));
    assertRefused("[1]".getBytes(java.nio.charset.StandardCharsets.UTF_16LE));
    assertRefused(new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'});
    assertRefused(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'});
    assertRefused(new byte[] {'"', (byte) 0xe2, (byte) 0x82, '"'});
    assertRefused(new byte[] {'"', (byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80, '"'});
  }

  @Test
  void what_is_nested_very_deeply_is_refused() {
    String deep = "[".repeat(1000) + "]".repeat(1000);
    assertEquals(deep.substring(1, 1999) + "\n", lines(deep));
    assertRefused(("[" + deep + "]").getBytes(UTF_8));
    assertRefused("[".repeat(1_000_000).getBytes(UTF_8));
    assertRefused("{\"a\":".repeat(100_000).getBytes(UTF_8));
  }

  @Test
  void a_type_is_json_but_for_case_and_parameters() {
    assertTrue(JsonMessages.are("application/json"));
    assertTrue(JsonMessages.are("Application/JSON ; charset=utf-8"));
    for (String type : new String[] {"application/jsonl", "text/json", "application/json+x"}) {
      assertEquals(false, JsonMessages.are(type), type);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void every_message_comes_back_byte_by_byte_but_for_line_ends(long seed) throws IOException {
    var random = new Random(seed);
    for (int i = 0; i < 150; i++) {
      var body = new StringBuilder("[");
      List<String> messages = new ArrayList<>();
      for (int n = random.nextInt(6); n > 0; n--) {
        String message = value(random, 3);
        messages.add(message.replaceAll("[\r\n]", ""));
        body.append(space(random)).append(message).append(space(random));
        body.append(n > 1 ? "," : "");
      }
      String text = space(random) + body.append(']') + space(random);
      String joined = messages.isEmpty() ? "" : String.join("\n", messages) + "\n";
      assertEquals(joined, lines(text), text);
      for (int m = 0; m < messages.size(); m++) {
        assertEquals(MAPPER.readTree(text).get(m), MAPPER.readTree(messages.get(m)), text);
      }
      String one = value(random, 3);
      if (!one.startsWith("[")) {
        assertEquals(
            one.replaceAll("[\r\n]", "") + "\n", lines(space(random) + one + space(random)));
      }
    }
  }

  /** What a tree of Jackson is made of, we take; and nothing else. */
  @ParameterizedTest
  @MethodSource("seeds")
  void a_mutation_is_refused_by_both_or_by_none(long seed) throws IOException {
    var random = new Random(seed);
    for (int i = 0; i < 700; i++) {
      byte[] body = mutated(value(random, 3).replace("\\ud83d", "").getBytes(UTF_8), random);
      JsonNode expected = tree(body);
      String got = accepted(body);
      String shown = new String(body, ISO_8859_1);
      assertEquals(expected != null, got != null, shown);
      if (expected != null && got != null) {
        assertSameMessages(expected, got, shown);
      }
    }
  }

  private static void assertSameMessages(JsonNode expected, String got, String shown)
      throws IOException {
    List<JsonNode> messages = new ArrayList<>();
    for (String line : got.lines().toList()) {
      messages.add(MAPPER.readTree(line));
    }
    if (expected.isArray()) {
      List<JsonNode> elements = new ArrayList<>();
      expected.forEach(elements::add);
      assertEquals(elements, messages, shown);
    } else {
      assertEquals(List.of(expected), messages, shown);
    }
  }

  /** By Jackson; null if it is none, or in no UTF-8 without a mark, which it would take. */
  private static @Nullable JsonNode tree(byte[] body) {
    String text = new String(body, UTF_8);
    boolean utf8 = java.util.Arrays.equals(text.getBytes(UTF_8), body);
    if (!utf8 || text.startsWith("\ufeff") || text.indexOf('\0') >= 0) {
      return null;
    }
    try {
      JsonNode tree = MAPPER.readTree(body);
      return tree instanceof MissingNode ? null : tree;
    } catch (IOException e) {
      return null;
    }
  }

  private static String lines(String body) {
    try {
      return new String(JsonMessages.toLines(body.getBytes(UTF_8)), UTF_8);
    } catch (RequestException e) {
      throw new AssertionError(body, e);
    }
  }

  private static @Nullable String accepted(byte[] body) {
    try {
      return new String(JsonMessages.toLines(body), UTF_8);
    } catch (RequestException e) {
      assertEquals(400, e.status());
      assertEquals(1, e.getMessage().lines().count());
      return null;
    }
  }

  private static void assertRefused(byte[] body) {
    RequestException refused =
        assertThrows(RequestException.class, () -> JsonMessages.toLines(body));
    assertEquals(400, refused.status());
    assertTrue(refused.getMessage().startsWith("not JSON"), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count());
  }

  private static String value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> String.valueOf(random.nextLong());
      case 1 -> String.valueOf(random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30));
      case 2 -> random.nextBoolean() ? "true" : "false";
      case 3 -> "null";
      case 4, 5 -> string(random);
      case 6 -> "{" + members(random, depth, true) + "}";
      default -> "[" + members(random, depth, false) + "]";
    };
  }

  private static String members(Random random, int depth, boolean named) {
    var members = new StringBuilder(space(random));
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      members.append(i == 0 ? "" : "," + space(random));
      members.append(named ? name(random) + space(random) + ":" + space(random) : "");
      members.append(value(random, depth - 1)).append(space(random));
    }
    return members.toString();
  }

  /** Without half a pair of surrogates, which Jackson does not take in a name. */
  private static String name(Random random) {
    return string(random).replace("\\ud83d", "");
  }

  private static String string(Random random) {
    String[] parts = {
      "a", "é", "日", "🌍", "\\n", "\\\"", "\\\\", "\\u0000", "\\ud83d", " ", "]", ",", "\u2028",
      "\u007f"
    };
    var string = new StringBuilder("\"");
    for (int i = random.nextInt(6); i > 0; i--) {
      string.append(parts[random.nextInt(parts.length)]);
    }
    return string.append('"').toString();
  }

  private static String space(Random random) {
    return random.nextInt(3) > 0 ? "" : " \t\r\n \r\n".substring(random.nextInt(7));
  }

  /** With a byte or two more, less, or others. */
  private static byte[] mutated(byte[] bytes, Random random) {
    String odd = "[]{},:\"\\0129-+.eE \n\r\ttfnu/#'N\0\u00c3\u00a9\u00ed\u00ff\u00ef";
    var text = new StringBuilder(new String(bytes, ISO_8859_1));
    for (int i = random.nextInt(3); i > 0 && !text.isEmpty(); i--) {
      int at = random.nextInt(text.length());
      char c = odd.charAt(random.nextInt(odd.length()));
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, c);
        case 1 -> text.setCharAt(at, c);
        case 2 -> text.setLength(at);
        default -> text.deleteCharAt(at);
      }
    }
    return text.toString().getBytes(ISO_8859_1);
  }
}
