package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.MemoryStore;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every answer about a journal says to browsers, whatever became of the request. */
final class StreamProtectionTest extends StreamFixture {
  @Override
  protected JournalStore newStore(JournalLimits limits) {
    return new MemoryStore(limits);
  }

  @BeforeEach
  void fill() throws IOException {
    put("a", TEXT, "abc");
    put("b", TEXT, "abc");
    put("b/fork", "Stream-Forked-From: /v1/stream/b\r\n", "");
    ask("DELETE", "b", "", "");
    close("a");
  }

  @ParameterizedTest
  @CsvSource({
    "200, GET /v1/stream/a",
    "200, HEAD /v1/stream/a",
    "200, GET /v1/stream/a?offset=-1&live=long-poll",
    "200, GET /v1/stream/a?offset=-1&live=sse",
    "200, GET /v1/stream/a?offset=-1&live=raw",
    "204, GET /v1/stream/a?offset=0000000000000000_0000000000000003&live=long-poll",
    "204, OPTIONS /v1/stream/a",
    "200, PUT /v1/stream/b/fork?Stream-Forked-From",
    "201, PUT /v1/stream/new",
    "204, DELETE /v1/stream/a",
    "400, GET /v1/stream/a?offset=x",
    "400, GET /v1/stream/a?offset=0000000000000000_0000000000000004",
    "400, GET /v1/stream/",
    "400, PUT /v1/stream/a%2Fb",
    "404, GET /v1/stream/none",
    "405, PATCH /v1/stream/a",
    "409, PUT /v1/stream/a",
    "409, PUT /v1/stream/b",
    "410, GET /v1/stream/b",
    "200, GET /",
    "200, GET /a?as=raw",
    "200, GET /a?as=html",
    "200, GET /a?as=sse",
    "200, GET /a?as=ndjson",
    "200, HEAD /a",
    "400, GET /a?as=x",
    "400, GET /a?only=x",
    "400, GET /a?offset=x",
    "400, GET /?as=x",
    "404, GET /none",
    "404, HEAD /none",
    "404, GET /a%2Fb"
  })
  void it_is_not_to_be_guessed_at_nor_used_by_other_origins(int status, String request)
      throws IOException {
    String fork = request.endsWith("-From") ? "Stream-Forked-From: /v1/stream/b\r\n" : "";
    Answer answer = asked(request, fork, "");
    assertEquals(status, answer.status());
    assertEquals("nosniff", answer.field("X-Content-Type-Options"));
    assertEquals("same-origin", answer.field("Cross-Origin-Resource-Policy"));
    if (status >= 400) {
      assertEquals("no-store", answer.field("Cache-Control"));
      assertNull(answer.field("Content-Location"));
      assertNull(answer.field("ETag"));
    }
  }

  @Test
  void nor_is_what_the_only_journal_refuses_at_the_root() throws IOException {
    ask("DELETE", "b/fork", "", "");
    Answer refused = asked("GET /?only=x", "", "");
    assertEquals(400, refused.status());
    assertEquals("same-origin", refused.field("Cross-Origin-Resource-Policy"));
    assertNull(refused.field("Content-Location"));
    assertEquals("same-origin", asked("GET /", "", "").field("Cross-Origin-Resource-Policy"));
  }
}
