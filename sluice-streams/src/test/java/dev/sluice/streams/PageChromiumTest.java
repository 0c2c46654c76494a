package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.Filters;
import dev.sluice.Handler;
import dev.sluice.Router;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.Kind;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import dev.sluice.server.TlsOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirDeletionStrategy;

/** The page in a browser. What comes later is written when what came before is seen. */
@Tag("external")
@Tag("needs-chromium")
@Timeout(120)
final class PageChromiumTest {
  private static final String ROWS =
      "Array.from(document.querySelectorAll('#log .row:not([hidden])'), r => r.textContent)";

  private static final ServerOptions OPTIONS = ServerOptions.defaults().withPort(0).withLoops(2);

  // A helper process of the browser may still write there when the browser has ended.
  @TempDir(deletionStrategy = TempDirDeletionStrategy.IgnoreFailures.class)
  private Path profile;

  private Recorded recorded = new Recorded();
  private Server server;
  private Chromium browser;

  @BeforeEach
  void start() throws Exception {
    server = serve(OPTIONS);
    browser = Chromium.start(profile);
  }

  private Server serve(ServerOptions options) throws IOException {
    Handler site =
        new JournalHandler(recorded.journals(), (journal, count) -> {}).addTo(new Router());
    return Server.start(
        options, Filters.allowHosts(Set.of("127.0.0.1"), Filters.sameOriginWrites(site)));
  }

  @AfterEach
  void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
    server.shutdown(Duration.ZERO);
  }

  @Test
  void output_is_shown_as_it_is_written_and_how_it_ended() throws Exception {
    open();
    recorded.out("tick 1\n");
    awaitRows("tick 1");
    assertEquals("build: running", browser.text("document.title"));
    recorded.err("oops\n").out("tick 2\nprompt> ");
    awaitRows("tick 1", "oops", "tick 2", "prompt> ");
    assertEquals("oops", browser.text("document.querySelector('#log .row.stderr').textContent"));
    assertEquals("4 lines", browser.text("document.getElementById('lines').textContent"));
    recorded.close(3);
    browser.await("document.title === 'build: exit 3'");
    assertEquals("failed", browser.text("document.getElementById('state').dataset.state"));
    browser.await("/^\\d+\\.\\d+ s$/.test(document.getElementById('time').textContent)");
  }

  @Test
  void over_tls_it_is_the_same_by_http_2() throws Exception {
    server.shutdown(Duration.ZERO);
    server = serve(OPTIONS.withTls(TlsOptions.selfSigned()));
    open();
    recorded.out("tick 1\n");
    awaitRows("tick 1");
    recorded.out("tick 2\n").close(0);
    awaitRows("tick 1", "tick 2");
    browser.await("document.title === 'build: exit 0'");
    assertEquals(
        "h2", browser.text("performance.getEntriesByType('navigation')[0].nextHopProtocol"));
  }

  @Test
  void markup_in_output_stays_text() throws Exception {
    String markup = "<img src=x onerror=\"document.title='owned'\"><script>owned</script>&lt;";
    recorded.out(markup + "\n").err("<b>" + markup).out("</b>\n").close(0);
    open();
    awaitRows(markup, "<b>" + markup + "</b>");
    assertEquals("0", browser.text("document.querySelectorAll('#log img, #log script').length"));
    browser.await("document.title === 'build: exit 0'");
  }

  @Test
  void a_carriage_return_writes_over_the_line_and_colours_are_left_out() throws Exception {
    recorded
        .out("1 %\r50 %\r100 %\n")
        .out("\u001b[32mgreen\u001b[0m \u001b]0;title\u0007plain\u001b[")
        .out("1mbold\n")
        .out("abcdef\rxy\u001b[K\n")
        .out("dos\r\n\nend");
    open();
    awaitRows("100 %", "green plainbold", "xy", "dos", "", "end");
  }

  @Test
  void characters_that_were_cut_are_put_together_for_each_kind() throws Exception {
    byte[] globe = "🌍\n".getBytes(StandardCharsets.UTF_8);
    recorded
        .add(Kind.STDOUT, Arrays.copyOfRange(globe, 0, 2))
        .add(Kind.STDERR, Arrays.copyOfRange(globe, 0, 1))
        .add(Kind.STDOUT, Arrays.copyOfRange(globe, 2, 5))
        .add(Kind.STDERR, Arrays.copyOfRange(globe, 1, 5))
        .add(Kind.STDOUT, new byte[] {'a', (byte) 0xff, 'b', '\n'});
    open();
    awaitRows("🌍", "🌍", "a\ufffdb");
  }

  @Test
  void after_a_lost_network_it_goes_on_without_gap_or_repeat() throws Exception {
    recorded.out("one\n");
    open();
    awaitRows("one");
    int port = server.port();
    server.shutdown(Duration.ZERO); // the journal lives on
    browser.await("document.title === 'build: reconnecting…'");
    recorded.out("two\n");
    server = serve(OPTIONS.withPort(port));
    awaitRows("one", "two");
    browser.await("document.title === 'build: running'");
    recorded.out("three\n").close(0);
    awaitRows("one", "two", "three");
  }

  @Test
  void a_new_run_is_shown_from_its_start_also_after_the_end() throws Exception {
    recorded.out("old\n").close(1);
    open();
    browser.await("document.title === 'build: exit 1'");
    int port = server.port();
    server.shutdown(Duration.ZERO);
    recorded = new Recorded().out("new\n");
    server = serve(OPTIONS.withPort(port));
    awaitRows("new");
    browser.await("document.title === 'build: running'");
    assertTrue(browser.text("document.getElementById('notice').textContent").contains("new run"));
  }

  @Test
  void it_stops_following_when_one_scrolls_up_and_jumps_to_the_end_when_asked() throws Exception {
    recorded.out("line\n".repeat(500));
    open();
    browser.await("document.getElementById('lines').textContent === '500 lines'");
    String log = "document.getElementById('log')";
    String atEnd = log + ".scrollHeight - " + log + ".scrollTop - " + log + ".clientHeight < 8";
    String following = "document.getElementById('follow').getAttribute('aria-pressed') === 'true'";
    browser.await(atEnd + " && " + following);
    browser.evaluate(log + ".scrollTop = 100");
    browser.await("!(" + following + ") && !document.getElementById('end').hidden");
    recorded.out("more\n");
    browser.await("document.getElementById('lines').textContent === '501 lines'");
    assertEquals("100", browser.text(log + ".scrollTop"));
    browser.evaluate("document.getElementById('end').click()");
    browser.await(atEnd + " && " + following + " && document.getElementById('end').hidden");
  }

  @Test
  void a_million_lines_are_counted_and_the_last_of_them_are_there() throws Exception {
    var lines = new StringBuilder();
    for (int i = 1; i <= 1_000_000; i++) {
      lines.append(i).append('\n');
    }
    recorded.out(lines.toString()).close(0);
    open();
    browser.await("document.title === 'build: exit 0'");
    browser.await(
        "Array.from(document.querySelectorAll('#log .row:not([hidden])')).at(-1).textContent"
            + " === '1000000'");
    assertEquals("1,000,000 lines", browser.text("document.getElementById('lines').textContent"));
    assertTrue(browser.evaluate("document.querySelectorAll('.row').length").intValue() <= 10_001);
    assertFalse(browser.evaluate("document.getElementById('dropped').hidden").booleanValue());
  }

  @Test
  void the_plain_text_is_what_is_kept_when_the_beginning_is_not() throws Exception {
    recorded = new Recorded(1);
    server.shutdown(Duration.ZERO);
    server = serve(OPTIONS);
    recorded.out("x".repeat(300_000)).out("y".repeat(300_000)).out("end\n").close(0);
    assertTrue(recorded.journal.start().position() > 0);
    open();
    browser.await("document.title === 'build: exit 0'");
    browser.leave("document.querySelector('#tools a').click()");
    browser.await("document.body?.textContent.endsWith('yend\\n')");
    assertTrue(browser.text("location.search").contains("as=raw"));
    assertEquals("text/plain", browser.text("document.contentType"));
  }

  @Test
  void an_uploaded_page_runs_no_script_and_cannot_read_others() throws Exception {
    var html = JournalOptions.defaults().withContentType("text/html");
    recorded = new Recorded(new Journal("build", html));
    server.shutdown(Duration.ZERO);
    server = serve(OPTIONS);
    recorded.out("<!doctype html><title>page</title><script>document.title = 'owned'</script>");
    recorded.close(0);
    browser.open(server.url() + "/build?as=raw");
    browser.await("document.title === 'page' && document.readyState === 'complete'");
    assertEquals("null", browser.text("self.origin"));
  }

  @Test
  void event_source_goes_on_where_it_was_cut_and_begins_anew_with_a_new_run() throws Exception {
    recorded.out("one\n");
    open();
    browser.evaluate(
        """
        window.seen = [];
        window.source = new EventSource('/build');
        for (const name of ['stdout', 'stderr', 'restart', 'exit', 'end']) {
          source.addEventListener(name, (e) => seen.push(name + e.data));
        }
        """);
    awaitSeen("stdout{\"text\":\"one\\n\"}");
    int port = server.port();
    server.shutdown(Duration.ZERO);
    recorded.err("two\n");
    server = serve(OPTIONS.withPort(port));
    awaitSeen("stderr{\"text\":\"two\\n\"}");
    server.shutdown(Duration.ZERO);
    recorded = new Recorded().out("new\n").close(0);
    server = serve(OPTIONS.withPort(port));
    awaitSeen("restart{}", "stdout{\"text\":\"new\\n\"}", "exit{\"status\":0}", "end{}");
    browser.await("source.readyState === EventSource.CLOSED"); // by the 204
    assertEquals("0", browser.text("seen.length"));
  }

  /** Waits until these events were seen, and nothing else; forgets them. */
  private void awaitSeen(String... events) throws Exception {
    browser.await("seen.length === " + events.length);
    assertEquals(
        new ObjectMapper().writeValueAsString(events),
        browser.text("JSON.stringify(seen.splice(0))"));
  }

  @Test
  void a_page_of_another_origin_cannot_read_it() throws Exception {
    recorded.out("secret\n").close(0);
    Server other =
        Server.start(
            ServerOptions.defaults().withPort(0),
            (request, response) -> response.type("text/html").write("<!doctype html><p>evil"));
    try {
      browser.open(other.url() + "/");
      browser.await("location.port === '" + other.port() + "' && document.body");
      for (String as : new String[] {"html", "raw", "sse", "ndjson"}) {
        String fetch = "fetch('" + server.url() + "/build?as=" + as + "')";
        assertEquals(
            "refused", browser.evaluate(fetch + ".then(r => r.text(), () => 'refused')").asText());
      }
    } finally {
      other.shutdown(Duration.ZERO);
    }
  }

  private void open() throws Exception {
    browser.open(server.url() + "/build");
    browser.await("document.getElementById('state')");
  }

  private void awaitRows(String... rows) throws Exception {
    String expected = new ObjectMapper().writeValueAsString(rows);
    browser.await("JSON.stringify(" + ROWS + ") === JSON.stringify(" + expected + ")");
  }
}
