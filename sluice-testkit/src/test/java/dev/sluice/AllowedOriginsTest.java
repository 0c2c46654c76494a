package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which scripts of other origins are let in. */
final class AllowedOriginsTest {
  private static final String APP = "https://app.example";
  private static final String ALLOW = "Access-Control-Allow-Origin";

  private static TestExchange ask(Set<String> origins, TestRequest request) {
    return TestExchange.run(
        Filters.allowOrigins(origins, (asked, response) -> response.write("hello")), request);
  }

  private static TestRequest post(String origin) {
    return TestRequest.of("POST", "/").header("Host", "localhost").header("Origin", origin);
  }

  @Test
  void a_script_of_an_allowed_origin_may_read_and_write() {
    var exchange = ask(Set.of(APP), post(APP).header("Sec-Fetch-Site", "cross-site"));
    assertEquals(200, exchange.status());
    assertEquals(APP, exchange.headers().get(ALLOW));
    assertEquals("*", exchange.headers().get("Access-Control-Expose-Headers"));
    assertEquals("Origin", exchange.headers().get("Vary"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "http://app.example",
        "https://app.example:8443",
        "https://APP.example",
        "https://app.example.evil.example",
        "https://evil.example"
      })
  void one_of_another_may_not(String origin) {
    var written = ask(Set.of(APP), post(origin));
    assertEquals(403, written.status());
    assertNull(written.headers().get(ALLOW));
    var read = ask(Set.of(APP), TestRequest.get("/").header("Origin", origin));
    assertEquals(200, read.status());
    assertNull(read.headers().get(ALLOW));
    assertEquals("Origin", read.headers().get("Vary"));
  }

  @Test
  void all_may_if_all_are_allowed_and_everybody_is_told() {
    assertEquals(200, ask(Set.of("*"), post("null")).status());
    assertEquals("*", ask(Set.of("*"), post(APP)).headers().get(ALLOW));
    var plain = ask(Set.of("*"), TestRequest.get("/"));
    assertEquals("*", plain.headers().get(ALLOW));
    assertNull(plain.headers().get("Vary"));
  }

  @Test
  void without_any_it_refuses_the_writes_of_others_and_says_nothing() {
    assertEquals(403, ask(Set.of(), post(APP)).status());
    var read = ask(Set.of(), TestRequest.get("/").header("Origin", APP));
    assertEquals(200, read.status());
    assertNull(read.headers().get(ALLOW));
    assertNull(read.headers().get("Vary"));
  }

  @Test
  void programs_and_pages_of_the_server_itself_pass() {
    var program = TestRequest.of("POST", "/").header("Host", "localhost");
    assertEquals(200, ask(Set.of(APP), program).status());
    assertEquals(200, ask(Set.of(APP), post("http://localhost")).status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "app.example", "https://app.example/", "https://a, https://b", "HTTPS://a"})
  void what_is_no_origin_is_refused_at_once(String origin) {
    assertThrows(IllegalArgumentException.class, () -> ask(Set.of(origin), TestRequest.get("/")));
  }
}
