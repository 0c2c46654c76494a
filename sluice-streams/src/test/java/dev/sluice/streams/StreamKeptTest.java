package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.MemoryStore;
import dev.sluice.journal.Offset;
import dev.sluice.journal.Retention;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading streams whose beginning is no longer kept. */
final class StreamKeptTest extends StreamFixture {
  private static final String MESSAGE = "\"" + "x".repeat(997) + "\"\n";

  @Override
  protected JournalLimits limits() {
    return JournalLimits.defaults();
  }

  @Override
  protected JournalStore newStore(JournalLimits limits) {
    return new MemoryStore(limits);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/json"})
  void before_what_is_kept_is_gone_and_where_it_begins_is_said(String type) throws IOException {
    fill(type);
    for (String live : new String[] {"", "&live=sse", "&live=long-poll", "&live=raw"}) {
      Answer gone = get("a?offset=-1" + live);
      assertEquals(410, gone.status());
      String kept = gone.body().replaceAll("(?s).*offset=([0-9_]+)\n", "$1");
      assertEquals(200, get("a?offset=" + kept).status());
    }
    Answer kept = get("a?offset=kept");
    assertEquals(200, kept.status());
    String begin = type.equals("text/plain") ? "" : "[\"xxx";
    assertTrue(kept.body().startsWith(begin), kept.body().substring(0, 20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&live=sse", "&live=long-poll", "&live=raw"})
  void where_what_is_kept_begins_there_may_be_no_whole_message(String live) throws IOException {
    fill("application/json");
    Offset start = store.find("a").start();
    assertTrue(start.position() % MESSAGE.length() != 0, "a message begins there");
    assertEquals(410, get("a?offset=" + start + live).status());
  }

  /** Whatever it followed before: what is kept of this one is all that there is. */
  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/json"})
  void one_that_has_followed_another_of_that_name_begins_with_what_is_kept(String type)
      throws IOException {
    fill(type);
    close("a");
    String id = "Last-Event-ID: " + ZERO + "@00000000\r\n";
    EventClient again =
        new EventClient(connect().send(headOf("GET /v1/stream/a?live=sse&offset=-1", id)));
    assertEquals(200, again.head.status());
    assertEquals("restart", again.next().type());
    String data = again.data();
    assertTrue(type.equals("text/plain") || data.startsWith("[\"xxx"), data.substring(0, 20));
  }

  /** Until the beginning is dropped, which is done by blocks. */
  private void fill(String type) throws IOException {
    store.open(
        "a",
        JournalOptions.defaults().withContentType(type).withRetention(Retention.ofBytes(100_000)));
    while (store.find("a").start().position() == 0) {
      new Recorded(store.find("a")).out(MESSAGE.repeat(300));
    }
  }
}
