package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The filters but gzip: the buffering one, and those that guard a server on a desk (D14). */
final class FiltersTest {
  private static final TestRequest REQUEST = TestRequest.get("/");
  private static final Handler HELLO = (request, response) -> response.write("hello");

  @Test
  void a_buffered_response_is_sent_whole_with_its_length_after_the_handler() {
    var exchange = TestExchange.of(REQUEST);
    exchange.run(
        Filters.buffered(
            (request, response) -> {
              response.write("x".repeat(10_000));
              response.outputStream().flush();
              exchange.checkpoint("end of the handler");
            },
            20_000));
    assertEquals("", exchange.flushedAt("end of the handler"));
    assertEquals("10000", exchange.headers().get("Content-Length"));
    assertTrue(exchange.complete());
  }

  @Test
  void a_buffered_response_cannot_flush_or_be_hijacked_and_says_so() {
    var exchange =
        TestExchange.run(
            Filters.buffered(
                (request, response) -> {
                  assertFalse(response.supports(Feature.FLUSH));
                  assertFalse(response.supports(Feature.HIJACK));
                  assertThrows(UnsupportedFeatureException.class, response::flush);
                  assertThrows(UnsupportedFeatureException.class, response::sync);
                  assertThrows(UnsupportedFeatureException.class, response::hijack);
                  response.write("ok");
                },
                10),
            REQUEST);
    assertEquals("ok", exchange.body());
  }

  @Test
  void a_buffered_response_that_grows_over_the_limit_fails_though_the_handler_goes_on() {
    var exchange =
        TestExchange.run(
            Filters.buffered(
                (request, response) -> {
                  response.write("12345");
                  assertThrows(IllegalStateException.class, () -> response.write("678901"));
                },
                10),
            REQUEST);
    assertEquals(500, exchange.status());
    assertEquals(
        "the body is larger than the 10 bytes that may be held back",
        exchange.failure().getMessage());
  }

  @Test
  void A2_a_buffered_response_fixes_its_headers_with_the_first_byte() {
    TestExchange.run(
        Filters.buffered(
            (request, response) -> {
              response.write("a");
              assertTrue(response.committed());
              assertThrows(IllegalStateException.class, () -> response.header("X", "1"));
              assertThrows(IllegalStateException.class, () -> response.status(404));
              assertTrue(response.reset());
              response.status(404).header("X", "1");
            },
            10),
        REQUEST);
  }

  @Test
  void a_buffered_response_of_a_failed_handler_is_an_error_and_no_part_of_it_is_sent() {
    var exchange =
        TestExchange.run(
            Filters.buffered(
                (request, response) -> {
                  response.write("part");
                  throw new IOException("no");
                },
                10),
            REQUEST);
    assertEquals(500, exchange.status());
    assertEquals("internal server error\n", exchange.body());
  }

  @Test
  void B8_a_buffered_response_refuses_writes_after_its_handler() {
    var kept = new AtomicReference<Response>();
    TestExchange.run(Filters.buffered((request, response) -> kept.set(response), 10), REQUEST);
    assertThrows(IllegalStateException.class, () -> kept.get().write("late"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:8080", "localhost.", "127.0.0.1:1", "[::1]", "[::1]:8080"})
  void hosts_on_the_list_are_served_with_any_port(String host) {
    assertEquals(200, askFor(host).status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "evil-localhost",
        "::1",
        "[::1",
        "localhost:",
        "localhost:80:80",
        "localhost@evil.example",
        ""
      })
  void other_hosts_get_421_and_a_reason(String host) {
    var exchange = askFor(host);
    assertEquals(421, exchange.status());
    assertEquals(
        "421: Host \"" + host + "\" is not served here; served are [127.0.0.1, ::1, localhost]\n",
        exchange.body());
  }

  @Test
  void a_request_without_a_host_is_refused_and_an_absolute_target_overrides_it() {
    Handler guarded = Filters.allowHosts(Set.of("localhost"), HELLO);
    assertEquals(421, TestExchange.run(guarded, REQUEST.without("Host")).status());
    assertEquals(421, TestExchange.run(guarded, TestRequest.get("http://evil.example/")).status());
    assertEquals(200, TestExchange.run(guarded, TestRequest.get("http://localhost:1/")).status());
    assertEquals(200, TestExchange.run(guarded, TestRequest.get("/?to=http://x/")).status());
  }

  @Test
  void a_list_with_a_port_or_nonsense_is_refused() {
    assertThrows(
        IllegalArgumentException.class, () -> Filters.allowHosts(Set.of("localhost:80"), HELLO));
    assertThrows(IllegalArgumentException.class, () -> Filters.allowHosts(Set.of(""), HELLO));
    Filters.allowHosts(Set.of("::1"), HELLO);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, same-origin, , 200",
    "POST, none, , 200",
    "POST, cross-site, , 403",
    "POST, same-site, http://localhost:8080, 403",
    "GET, cross-site, , 200",
    "POST, , http://localhost:8080, 200",
    "POST, , HTTP://LOCALHOST:8080, 200",
    "POST, , http://localhost:9090, 403",
    "POST, , http://localhost, 403",
    "POST, , http://evil.example, 403",
    "DELETE, , null, 403",
    "PUT, , , 200",
    "QUERY, cross-site, , 403",
  })
  void writes_of_other_origins_are_refused(String method, String site, String origin, int status) {
    TestRequest request = TestRequest.of(method, "/");
    if (site != null) {
      request = request.header("Sec-Fetch-Site", site);
    }
    if (origin != null) {
      request = request.header("Origin", origin);
    }
    var exchange = TestExchange.run(Filters.sameOriginWrites(HELLO), request);
    assertEquals(status, exchange.status());
    if (status == 403) {
      assertTrue(exchange.body().startsWith("403: " + method + " refused: "), exchange.body());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, https://localhost, 200",
    "localhost, HTTPS://localhost:443, 200",
    "localhost, http://localhost, 403",
    "localhost:8443, https://localhost:8443, 200",
    "localhost:8443, http://localhost:8443, 403",
    "localhost:8443, https://localhost, 403",
  })
  void a_page_in_cleartext_does_not_write_over_tls(String host, String origin, int status) {
    TestRequest request =
        TestRequest.of("POST", "/").secure(true).header("Host", host).header("Origin", origin);
    assertEquals(status, TestExchange.run(Filters.sameOriginWrites(HELLO), request).status());
  }

  private static TestExchange askFor(String host) {
    return TestExchange.run(
        Filters.allowHosts(Set.of("localhost", "127.0.0.1", "[::1]"), HELLO),
        REQUEST.header("Host", host));
  }
}
