package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Headers;
import dev.sluice.Router;
import dev.sluice.journal.Journal;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the page and its files say about themselves, and that nothing in them is inline. */
final class PagesTest {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
          + "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Router site =
      new JournalHandler(Recorded.journalsOf(new Journal("ci/main", 1)), (journal, count) -> {})
          .addTo(new Router());

  @ParameterizedTest
  @CsvSource({
    "/ci/main?as=html, text/html; charset=utf-8",
    "/-/watch.js, text/javascript; charset=utf-8",
    "/-/stream.js, text/javascript; charset=utf-8",
    "/-/screen.js, text/javascript; charset=utf-8",
    "/-/watch.css, text/css; charset=utf-8",
    "/-/icon.svg, image/svg+xml"
  })
  void each_file_has_its_type_and_the_policy(String target, String type) {
    TestExchange exchange = get(target);
    assertEquals(200, exchange.status());
    Headers headers = exchange.headers();
    assertEquals(type, headers.get("Content-Type"));
    assertEquals(POLICY, headers.get("Content-Security-Policy"));
    assertEquals("nosniff", headers.get("X-Content-Type-Options"));
    assertEquals("no-referrer", headers.get("Referrer-Policy"));
    assertEquals("same-origin", headers.get("Cross-Origin-Resource-Policy"));
    assertFalse(headers.contains("Access-Control-Allow-Origin"));
    assertFalse(headers.contains("Set-Cookie"));
  }

  @Test
  void a_file_that_the_browser_has_is_not_sent_again() {
    TestExchange first = get("/-/watch.js");
    String tag = first.headers().get("ETag");
    for (String has : new String[] {tag, "W/" + tag, "\"other\", " + tag}) {
      TestRequest request = TestRequest.get("/-/watch.js").header("If-None-Match", has);
      TestExchange again = TestExchange.run(site, request);
      assertEquals(304, again.status(), has);
      assertEquals("", again.body());
      assertEquals(tag, again.headers().get("ETag"));
    }
    TestRequest other = TestRequest.get("/-/watch.css").header("If-None-Match", tag);
    assertEquals(200, TestExchange.run(site, other).status());
  }

  @Test
  void the_page_has_the_name_and_nothing_inline() {
    String page = get("/ci/main?as=html").body();
    assertTrue(page.contains("<title>ci/main</title>"), page);
    assertTrue(page.contains("<h1>ci/main</h1>"), page);
    assertTrue(page.contains("data-name=\"ci/main\" data-opened=\"20"), page);
    assertFalse(page.contains("{{"), page);
    assertFalse(page.contains("style="), page);
    assertFalse(Pattern.compile("<script(?![^>]* src=)|<style|\\son\\w+=").matcher(page).find());
  }

  @Test
  void every_file_that_the_page_refers_to_is_there() {
    String page = get("/ci/main?as=html").body();
    Matcher files = Pattern.compile("\"(/-/[^\"]+)\"").matcher(page);
    int count = 0;
    for (; files.find(); count++) {
      assertEquals(200, get(files.group(1)).status(), files.group(1));
    }
    assertEquals(3, count);
  }

  @ParameterizedTest
  @CsvSource({"watch.js", "stream.js", "screen.js"})
  void no_script_makes_markup_of_text(String file) {
    String script = get("/-/" + file).body();
    assertFalse(
        Pattern.compile("innerHTML|outerHTML|insertAdjacent|document\\.write|eval\\(|Function\\(")
            .matcher(script)
            .find());
  }

  private TestExchange get(String target) {
    return TestExchange.run(site, TestRequest.get(target));
  }
}
