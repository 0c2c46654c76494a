package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HeadersTest {
  private final Headers headers = new Headers();

  @Test
  void a_name_is_found_in_any_case_and_keeps_its_own() {
    headers.set("X-Thing", "1");
    assertEquals("1", headers.get("x-thing"));
    assertEquals("X-Thing: 1\n", headers.toString());
    assertNull(headers.get("other"));
  }

  @Test
  void set_replaces_all_values_where_the_first_one_was() {
    headers.add("A", "1").add("B", "2").add("a", "3").set("A", "4");
    assertEquals("A: 4\nB: 2\n", headers.toString());
  }

  @Test
  void add_keeps_the_order_of_values() {
    headers.add("Link", "a").add("X", "b").add("link", "c");
    assertEquals(List.of("a", "c"), headers.all("LINK"));
  }

  @Test
  void a_token_is_found_in_any_line_and_any_case() {
    headers.add("Connection", "keep-alive, Upgrade").add("Connection", "close");
    assertTrue(headers.containsToken("connection", "upgrade"));
    assertTrue(headers.containsToken("connection", "close"));
    assertFalse(headers.containsToken("connection", "clos"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nSet-Cookie: x=1", "a\nb", "a\0b", "a\u007fb", "snow\u2603"})
  void a_value_that_would_break_out_of_its_field_is_refused_and_nothing_set(String value) {
    assertThrows(IllegalArgumentException.class, () -> headers.set("X", value));
    assertThrows(IllegalArgumentException.class, () -> headers.add("X", value));
    assertEquals(0, headers.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:", "\u00e4", "a\r\n"})
  void a_name_that_is_no_token_is_refused(String name) {
    assertThrows(IllegalArgumentException.class, () -> headers.set(name, "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "", " 1", "0x1", "99999999999999999999", "1, 1"})
  void A5_a_length_that_is_no_count_of_bytes_is_refused_when_set(String length) {
    var e =
        assertThrows(IllegalArgumentException.class, () -> headers.set("content-length", length));
    assertTrue(e.getMessage().startsWith("not a Content-Length: "), e.getMessage());
    assertFalse(headers.contains("Content-Length"));
  }

  @Test
  void a_second_length_is_refused() {
    headers.set("Content-Length", "1");
    assertThrows(IllegalArgumentException.class, () -> headers.add("Content-Length", "1"));
  }

  @Test
  void fixed_headers_refuse_changes_and_say_why() {
    headers.set("A", "1").fix("it is too late");
    var e = assertThrows(IllegalStateException.class, () -> headers.set("B", "2"));
    assertEquals("cannot change B: it is too late", e.getMessage());
    assertThrows(IllegalStateException.class, () -> headers.remove("A"));
    assertThrows(IllegalStateException.class, () -> headers.add("A", "2"));
    assertEquals("2", Headers.copyOf(headers).set("A", "2").get("A"));
    assertEquals("1", headers.get("A"));
  }
}
