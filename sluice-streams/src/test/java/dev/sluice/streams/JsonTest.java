package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.FrameBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
  /** What ends lines, moves cursors, or begins markup. */
  private static final Pattern HARMFUL = Pattern.compile("[\\p{Cc}\\u2028\\u2029<]");

  @Test
  void every_character_survives_and_none_does_harm() throws IOException {
    var mapper = new ObjectMapper();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      String text = "a" + Character.toString(c) + "b";
      String escaped = escaped(text);
      assertFalse(HARMFUL.matcher(escaped).find(), escaped);
      assertEquals(text, mapper.readValue("\"" + escaped + "\"", String.class));
    }
  }

  @Test
  void escapes_are_the_short_ones() {
    assertEquals(
        "\\\"\\\\\\n\\r\\t\\u0000\\u001b\\u007f\\u009b\\u2028\\u2029\\u003cb> é€",
        escaped("\"\\\n\r\t\0\u001b\u007f\u009b\u2028\u2029<b> é€"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1970-01-01T00:00:00.000000Z",
        "1999-12-31T23:59:59.999999Z",
        "2000-02-29T12:00:00.000001Z",
        "2026-11-22T09:00:00.123456Z",
        "9999-12-31T23:59:59.999999Z"
      })
  void a_time_has_six_digits_after_its_seconds(String time) {
    Instant instant = Instant.parse(time);
    var out = new FrameBuffer();
    Json.putTime(instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000, out);
    assertEquals("\"" + time + "\"", text(out));
  }

  private static String escaped(String text) {
    var out = new FrameBuffer();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Json.putEscaped(bytes, 0, bytes.length, out);
    return text(out);
  }

  private static String text(FrameBuffer out) {
    return new String(Recorded.bytes(out), StandardCharsets.UTF_8);
  }
}
