package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.MemoryStore;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Reads that wait, and nothing comes. */
final class StreamLongPollTimeoutTest extends StreamFixture {
  @Override
  protected JournalStore newStore(JournalLimits limits) {
    return new MemoryStore(limits);
  }

  @Override
  protected StreamOptions options() {
    return StreamOptions.defaults().withLongPollTimeout(Duration.ofMillis(20));
  }

  @Test
  void nothing_is_said_when_the_time_is_over() throws IOException {
    put("a", TEXT, "abc");
    for (String from : new String[] {"now", offset(3)}) {
      Answer nothing = get("a?live=long-poll&cursor=7&offset=" + from);
      assertEquals(204, nothing.status());
      assertEquals("", nothing.body());
      assertEquals(offset(3), nothing.field("Stream-Next-Offset"));
      assertEquals("true", nothing.field("Stream-Up-To-Date"));
      assertEquals("no-store", nothing.field("Cache-Control"));
      assertTrue(Long.parseLong(nothing.field("Stream-Cursor")) > 7);
      assertNull(nothing.field("Stream-Closed"));
      assertNull(nothing.field("ETag"));
    }
  }

  @Test
  void a_message_that_is_not_whole_is_nothing() throws IOException {
    put("a", "Content-Type: application/json\r\n", "1");
    new Recorded(store.find("a")).out("[1,");
    Answer nothing = get("a?live=long-poll&offset=" + offset(2));
    assertEquals(204, nothing.status());
    assertEquals(offset(2), nothing.field("Stream-Next-Offset"));
  }

  @Test
  void time_after_time_and_then_there_is_something() throws IOException {
    put("a", TEXT, "");
    for (int i = 0; i < 5; i++) {
      assertEquals(204, get("a?live=long-poll&offset=now").status());
    }
    post("a", TEXT, "x");
    assertEquals("x", get("a?live=long-poll&offset=" + ZERO).body());
  }
}
