package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JournalNameTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "build", "ci/main/42", "A.b_c~d-e", "...", ".hidden", "a/-b", "~"})
  void these_are_names(String name) {
    assertEquals(name, new JournalName(name).text());
  }

  static Stream<Arguments> others() {
    return Stream.of(
        Arguments.of("", "not empty"),
        Arguments.of("/a", "not empty"),
        Arguments.of("a/", "not empty"),
        Arguments.of("a//b", "not empty"),
        Arguments.of("-", "does not begin with -"),
        Arguments.of("-/healthz", "does not begin with -"),
        Arguments.of(".", ". or .."),
        Arguments.of("a/../b", ". or .."),
        Arguments.of("a b", "letters, digits"),
        Arguments.of("a?b", "letters, digits"),
        Arguments.of("a%2fb", "letters, digits"),
        Arguments.of("é", "letters, digits"),
        Arguments.of("a\n", "letters, digits"),
        Arguments.of("<b>", "letters, digits"),
        Arguments.of("a".repeat(256), "at most 255 bytes"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void others_are_refused_with_the_reason(String name, String reason) {
    var e = assertThrows(IllegalArgumentException.class, () -> new JournalName(name));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 255})
  void a_name_has_up_to_255_bytes(int length) {
    assertEquals(length, new JournalName("a".repeat(length)).text().length());
  }
}
