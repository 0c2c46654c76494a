package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Router;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.MemoryStore;
import dev.sluice.journal.Retention;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a stream's handler does without a server. */
final class StreamHandlerTest {
  private final MemoryStore store =
      new MemoryStore(JournalLimits.defaults().withJournalBytesMax(100));
  private final JournalOptions created =
      JournalOptions.defaults().withDurable(false).withRetention(Retention.ofBytes(1000));
  private final Router site =
      new StreamHandler(new Journals(store), StreamOptions.defaults().withCreated(created))
          .addTo(new Router());

  @Test
  void a_journal_whose_first_data_has_no_room_is_not_created() {
    TestExchange refused = run(TestRequest.of("PUT", "/v1/stream/a").body("x".repeat(101)));
    assertEquals(507, refused.status());
    assertEquals(1, refused.body().lines().count());
    assertEquals(List.of(), store.names());
    assertEquals(201, run(TestRequest.of("PUT", "/v1/stream/a").body("x")).status());
  }

  @Test
  void what_a_request_cannot_say_is_as_the_server_was_told() throws IOException {
    run(TestRequest.of("PUT", "/v1/stream/a"));
    JournalOptions options = store.find("a").options();
    assertFalse(options.durable());
    assertEquals(1000, options.retention().bytes());
    assertEquals("application/octet-stream", options.contentType());
  }

  @Test
  void what_was_created_in_another_way_is_there_already() throws IOException {
    store.open("a", JournalOptions.defaults());
    assertEquals(200, run(TestRequest.of("PUT", "/v1/stream/a")).status());
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:8080, localhost:8080",
    "[::1]:8080, [::1]:8080",
    "example.com, example.com",
    "a b, 127.0.0.1:8080",
    "x/y, 127.0.0.1:8080",
    "user@x, 127.0.0.1:8080",
    "'', 127.0.0.1:8080"
  })
  void a_location_has_the_host_of_the_request_only_if_that_is_one(String host, String expected) {
    TestExchange exchange = run(TestRequest.of("PUT", "/v1/stream/a").header("Host", host));
    assertEquals("http://" + expected + "/v1/stream/a", exchange.headers().get("Location"));
  }

  @Test
  void a_location_is_https_on_an_encrypted_connection() {
    TestExchange exchange = run(TestRequest.of("PUT", "/v1/stream/a").secure(true));
    assertEquals("https://localhost:8080/v1/stream/a", exchange.headers().get("Location"));
  }

  @Test
  void a_body_that_fails_appends_nothing() throws IOException {
    run(TestRequest.of("PUT", "/v1/stream/a"));
    TestRequest post =
        TestRequest.of("POST", "/v1/stream/a")
            .header("Content-Type", "application/octet-stream")
            .body(failing());
    assertTrue(run(post).failure() instanceof IOException);
    assertEquals(0, store.find("a").tail().position());
  }

  @Test
  void one_that_only_reads_refuses_to_write() throws IOException {
    Journals journals = new Journals(store);
    Router reads = StreamHandler.readOnly(journals, StreamOptions.defaults()).addTo(new Router());
    new Recorded(store.open("a", created).journal()).out("abc");
    for (String method : List.of("PUT", "POST", "DELETE")) {
      TestExchange refused = TestExchange.run(reads, TestRequest.of(method, "/v1/stream/a"));
      assertEquals(405, refused.status());
      assertEquals("GET, HEAD, OPTIONS", refused.headers().get("Allow"));
    }
    assertEquals("abc", TestExchange.run(reads, TestRequest.get("/v1/stream/a")).body());
    assertEquals(200, TestExchange.run(reads, TestRequest.of("HEAD", "/v1/stream/a")).status());
    assertEquals(204, TestExchange.run(reads, TestRequest.of("OPTIONS", "/v1/stream/a")).status());
  }

  private TestExchange run(TestRequest request) {
    return TestExchange.run(site, request);
  }

  /** A few bytes, then a failure. */
  private static InputStream failing() {
    InputStream bytes = new ByteArrayInputStream(new byte[10]);
    return new SequenceInputStream(
        bytes,
        new FilterInputStream(bytes) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            throw new IOException("the source failed");
          }
        });
  }
}
