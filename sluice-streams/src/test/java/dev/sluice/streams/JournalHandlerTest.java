package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Router;
import dev.sluice.journal.Expiry;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.MemoryStore;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request gets: representation, place, status. */
final class JournalHandlerTest {
  private static final String ZEROS = "0000000000000000_000000000000000";

  private final Recorded recorded =
      new Recorded(new Journal("build", JournalOptions.defaults().withContentType("text/x-log")));
  private final MemoryStore store = new MemoryStore(JournalLimits.defaults());
  private final Journals journals = new Journals(store);
  private final List<Integer> viewers = new ArrayList<>();
  private final Router site =
      new JournalHandler(journals, (journal, count) -> viewers.add(count)).addTo(new Router());

  JournalHandlerTest() {
    Recorded.add(store, recorded.journal);
  }

  @Test
  void raw_bytes_have_the_journals_type_and_the_status_as_a_trailer() {
    recorded.out("a\n").err("b\n").close(3);
    TestExchange exchange = get("/build");
    assertEquals("a\nb\n", exchange.body());
    assertEquals("text/x-log; charset=utf-8", exchange.headers().get("Content-Type"));
    assertEquals("3", exchange.trailers().get("Sluice-Exit-Status"));
    assertEquals(recorded.journal.id(), exchange.headers().get("Sluice-Journal"));
    assertEquals("Accept", exchange.headers().get("Vary"));
    assertEquals("nosniff", exchange.headers().get("X-Content-Type-Options"));
    assertEquals("sandbox", exchange.headers().get("Content-Security-Policy"));
    assertEquals("same-origin", exchange.headers().get("Cross-Origin-Resource-Policy"));
    assertFalse(exchange.headers().contains("Set-Cookie"));
    assertEquals(List.of(1, 0), viewers);
  }

  @ParameterizedTest
  @CsvSource({
    "html, text/html; charset=utf-8",
    "raw, text/x-log; charset=utf-8",
    "sse, text/event-stream",
    "ndjson, application/x-ndjson"
  })
  void as_wins_over_accept(String as, String type) {
    recorded.close(0);
    TestExchange exchange =
        run(TestRequest.get("/build?as=" + as).header("Accept", "text/event-stream, text/html"));
    assertEquals(type, exchange.headers().get("Content-Type"));
    assertEquals("Accept", exchange.headers().get("Vary"));
  }

  @Test
  void accept_chooses() {
    recorded.out("a").close(0);
    TestExchange events = run(TestRequest.get("/build").header("Accept", "text/event-stream"));
    assertEquals(
        """
        retry: 1000

        id: %s1@ID
        event: stdout
        data: {"text":"a"}

        event: exit
        data: {"status":0}

        id: %s1@ID
        event: end
        data: {}

        """
            .formatted(ZEROS, ZEROS),
        events.body().replace("@" + recorded.journal.id(), "@ID"));
  }

  @ParameterizedTest
  @CsvSource({
    "?offset=-1, abc",
    "?offset=0000000000000000_0000000000000001, bc",
    "?offset=0000000000000000_0000000000000003, ''",
    "?offset=now, ''",
    "?offset=kept, abc",
    "?only=stderr, b",
    "?only=stdout&offset=-1, ac"
  })
  void it_begins_where_it_is_asked_to_and_leaves_out_what_it_is_asked_to(
      String query, String body) {
    recorded.out("a").err("b").out("c").close(0);
    assertEquals(body, get("/build" + query).body());
  }

  @Test
  void a_client_that_reconnects_goes_on_after_what_it_has() {
    recorded.out("a").out("b").close(0);
    for (String id : List.of(ZEROS + "1", ZEROS + "1@" + recorded.journal.id())) {
      String body = resume("/build?as=sse&offset=now", id).body();
      assertFalse(body.contains("\"a\""), body);
      assertFalse(body.contains("restart"), body);
      assertTrue(body.contains("{\"text\":\"b\"}"), body);
      assertEquals("b", resume("/build", id).body());
      assertEquals(2, resume("/build?as=ndjson", id).body().lines().count());
    }
  }

  @Test
  void a_client_of_events_that_has_them_all_is_told_not_to_come_back() {
    recorded.out("a").close(0);
    TestExchange over = resume("/build?as=sse", ZEROS + "1@" + recorded.journal.id());
    assertEquals(204, over.status());
    assertEquals("", over.body());
    assertEquals(List.of(), viewers);
  }

  @Test
  void a_client_of_another_run_gets_this_one_from_its_beginning_and_is_told() {
    recorded.out("a").close(0);
    String gone = ZEROS + "9@" + (recorded.journal.id().equals("00000000") ? "1" : "0").repeat(8);
    String body = resume("/build?as=sse", gone).body();
    assertTrue(body.startsWith("retry: 1000\n\nevent: restart\ndata: {}\n\nid: "), body);
    assertTrue(body.contains("{\"text\":\"a\"}"), body);
    for (String as : List.of("raw", "ndjson")) {
      TestExchange refused = resume("/build?as=" + as, gone);
      assertEquals(410, refused.status());
      assertTrue(refused.body().contains("is gone"), refused.body());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "as=xml, as: unknown",
    "only=stdin, only: unknown",
    "offset=, offset: malformed",
    "offset=7, offset: malformed",
    "offset=-2, offset: malformed",
    "offset=0000000000000001_0000000000000000, offset: malformed",
    "offset=0000000000000000_0000000000000002, past the end",
    "offset=%zz, malformed percent-encoding"
  })
  void what_is_wrong_with_a_query_is_said(String query, String reason) {
    recorded.out("a");
    TestExchange refused = get("/build?" + query);
    assertEquals(400, refused.status());
    assertTrue(refused.body().contains(reason), refused.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "x",
        "0000000000000000_0000000000000000@",
        "0000000000000000_0000000000000000@XYZ",
        "0000000000000000_0000000000000000@00000000@00000000",
        "0000000000000000_000000000000000x",
        "0_0@00000000",
        "0000000000000000_0000000000000002"
      })
  void what_is_wrong_with_a_last_event_id_is_said(String id) {
    recorded.out("a");
    TestExchange refused = resume("/build?as=sse", id);
    assertEquals(400, refused.status());
    assertTrue(refused.body().startsWith("Last-Event-ID: "), refused.body());
  }

  @Test
  void what_is_no_longer_kept_is_a_gap_or_gone() {
    var small = new Recorded(1);
    small.out("x".repeat(300_000)).out("y".repeat(300_000)).close(0);
    var router = new JournalHandler(small.journals(), (j, n) -> {}).addTo(new Router());
    String kept = small.journal.start().toString();

    TestExchange raw = TestExchange.run(router, TestRequest.get("/build"));
    assertEquals(410, raw.status());
    assertTrue(raw.body().contains("?offset=" + kept), raw.body());
    TestExchange rest = TestExchange.run(router, TestRequest.get("/build?offset=" + kept));
    assertEquals(200, rest.status());
    assertTrue(rest.complete());
    TestExchange all = TestExchange.run(router, TestRequest.get("/build?offset=kept"));
    assertEquals(rest.body(), all.body());

    String events = TestExchange.run(router, TestRequest.get("/build?as=sse")).body();
    String range = "{\"from\":\"" + ZEROS + "0\",\"to\":\"" + kept + "\"}";
    assertTrue(events.startsWith("retry: 1000\n\nevent: gap\ndata: " + range + "\n\nid: "));
    String lines = TestExchange.run(router, TestRequest.get("/build?as=ndjson")).body();
    assertTrue(lines.startsWith("{\"offset\":\"" + kept + "\",\"kind\":\"gap\","));
  }

  @Test
  void head_has_the_same_fields_and_ends_at_once() {
    recorded.out("a");
    for (String as : List.of("html", "raw", "sse", "ndjson")) {
      TestExchange exchange = run(TestRequest.of("HEAD", "/build?as=" + as));
      assertEquals(200, exchange.status());
      assertEquals("", exchange.body());
      assertEquals(recorded.journal.id(), exchange.headers().get("Sluice-Journal"));
    }
    assertEquals(0, journals.viewers(recorded.journal));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/other",
        "/build/",
        "/%3Cscript%3E",
        "/-/nothing",
        "/a/../build",
        "/ci%2fmain",
        "/ci%2Fmain"
      })
  void what_is_not_there_is_404(String path) {
    Recorded.add(store, new Journal("ci/main", 1));
    TestExchange missing = get(path);
    assertEquals(404, missing.status());
    assertFalse(missing.body().contains("<"), missing.body());
  }

  @Test
  void a_journal_is_only_read() {
    assertEquals(405, run(TestRequest.of("POST", "/build").body("x")).status());
  }

  @Test
  void the_root_is_the_only_journal_or_a_list() {
    recorded.out("a").close(0);
    assertEquals("a", get("/").body());
    Recorded.add(store, new Journal("ci/main", 1));
    assertEquals("/build\n/ci/main\n", get("/").body());
    String page = run(TestRequest.get("/").header("Accept", "text/html")).body();
    assertTrue(page.contains("<a href=\"/build\">build</a>"), page);
    assertTrue(page.contains("<a href=\"/ci/main\">ci/main</a>"), page);
    assertFalse(page.contains("more"), page);
  }

  @Test
  void a_list_of_many_shows_the_first_thousand_and_says_how_many_more_there_are() {
    for (int i = 0; i < 10_000; i++) {
      Recorded.add(store, new Journal("n%05d".formatted(i), 1));
    }
    List<String> lines = get("/").body().lines().toList();
    assertEquals("/build", lines.getFirst());
    assertEquals("/n00998", lines.get(999));
    assertEquals("… and 9,001 more", lines.get(1000));
    assertEquals(1001, lines.size());
    String page = run(TestRequest.get("/").header("Accept", "text/html")).body();
    assertEquals(1000, page.split("<li>", -1).length - 1);
    assertTrue(page.contains("<p id=\"facts\">the first 1,000 of 10,001</p>"), page);
    assertTrue(page.contains("<p id=\"rest\">… and 9,001 more</p>"), page);
  }

  @Test
  void a_list_of_none_says_so() throws IOException {
    store.delete(recorded.journal);
    assertEquals("", get("/").body());
    String page = run(TestRequest.get("/").header("Accept", "text/html")).body();
    assertTrue(page.contains("There are no journals yet."), page);
  }

  @Test
  void what_was_deleted_or_has_expired_is_404() throws IOException {
    var at = JournalOptions.defaults().withExpiry(new Expiry.At(Instant.EPOCH));
    Recorded.add(store, new Journal("expired", at));
    store.delete(recorded.journal);
    assertEquals(404, get("/expired").status());
    assertEquals(404, get("/build").status());
  }

  @Test
  void viewers_are_counted_also_when_they_go() throws InterruptedException {
    recorded.out("a");
    TestExchange one = TestExchange.start(site, TestRequest.get("/build"));
    one.awaitFlushed("a");
    assertEquals(1, journals.viewers(recorded.journal));
    one.disconnect();
    one.outcome();
    assertEquals(0, journals.viewers(recorded.journal));
    assertEquals(List.of(1, 0), viewers);
  }

  private TestExchange get(String target) {
    return run(TestRequest.get(target));
  }

  private TestExchange resume(String target, String lastEventId) {
    return run(TestRequest.get(target).header("Last-Event-ID", lastEventId));
  }

  private TestExchange run(TestRequest request) {
    return TestExchange.run(site, request);
  }
}
