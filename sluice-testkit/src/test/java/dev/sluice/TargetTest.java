package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.TestRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetTest {

  @ParameterizedTest
  @CsvSource({
    "/a/b?c=d, /a/b",
    "/, /",
    "*, *",
    "http://host:1/a?b, /a",
    "http://host, /",
    "http://host?a=/b, /",
    "/%41?x=http://y, /%41"
  })
  void the_path_is_what_stands_before_the_query_still_encoded(String target, String path) {
    assertEquals(path, TestRequest.get(target).path());
  }

  @Test
  void the_first_value_of_a_query_parameter_is_decoded() throws Exception {
    TestRequest request = TestRequest.get("/?a=1+2%2B%C3%A9&b&a=3&%63=x=y&=z");
    assertEquals("1 2+\u00e9", request.query("a"));
    assertEquals("", request.query("b"));
    assertEquals("x=y", request.query("c"));
    assertNull(request.query("d"));
    assertNull(TestRequest.get("/").query("a"));
  }

  @Test
  void a_plus_is_a_space_in_a_query_only() throws Exception {
    assertEquals("a b", Target.decode("a+b", true));
    assertEquals("a+b c", Target.decode("a+b%20c", false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/?a=%", "/?a=%4", "/?a=%zz", "/?%=1"})
  void malformed_percent_encoding_is_the_clients_fault(String target) {
    var e = assertThrows(RequestException.class, () -> TestRequest.get(target).query("a"));
    assertEquals(400, e.status());
    assertTrue(e.getMessage().contains("percent"), e.getMessage());
  }
}
