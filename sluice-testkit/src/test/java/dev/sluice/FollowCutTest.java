package dev.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.Kind;
import dev.sluice.journal.MemoryStore;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A response that follows a journal, without a server, and does not come to its end. */
final class FollowCutTest {
  private final MemoryStore store = new MemoryStore(JournalLimits.defaults());
  private final Journal journal = new Journal("test", 1024 * 1024);
  private final Queue<CloseReason> ends = new ConcurrentLinkedQueue<>();

  /** Raw; bytes from one position to another cannot be read. */
  private record Damaged(long from, long to) implements Encoding {
    @Override
    public String type() {
      return "application/x-damaged";
    }

    @Override
    public long encode(Journal journal, long begin, long end, boolean last, FrameBuffer frame) {
      if (begin < to && end > from) {
        return -1;
      }
      boolean read =
          journal.read(
              begin,
              end,
              (kind, micros, after, bytes, offset, length) -> frame.put(bytes, offset, length));
      return read ? end : -1;
    }
  }

  @BeforeEach
  void fill() throws IOException {
    store.add(journal);
    byte[] bytes = "some".getBytes(UTF_8);
    journal.append(Kind.STDOUT, Instant.EPOCH, bytes, 0, bytes.length);
  }

  private Handler following(Encoding encoding) {
    return (request, response) -> response.follow(journal, Offset.ZERO, encoding, ends::add);
  }

  @Test
  void one_that_waits_is_cut_when_the_journal_is_deleted() throws Exception {
    var exchange = TestExchange.start(following(new Damaged(9, 9)), TestRequest.get("/"));
    exchange.awaitFlushed("some");
    assertTrue(store.delete(journal));
    assertFalse(exchange.complete());
    assertEquals(List.of(CloseReason.DELETED), List.copyOf(ends));
  }

  @Test
  void one_that_comes_after_that_gets_nothing_though_the_journal_is_closed() throws Exception {
    journal.close(Ending.PLAIN);
    assertTrue(store.delete(journal));
    var exchange = TestExchange.run(following(new Damaged(9, 9)), TestRequest.get("/"));
    assertFalse(exchange.complete());
    assertEquals("", exchange.body());
    assertEquals(List.of(CloseReason.DELETED), List.copyOf(ends));
  }

  @Test
  void what_was_abandoned_is_sent_to_its_end_and_then_cut() throws Exception {
    var waiting = TestExchange.start(following(new Damaged(9, 9)), TestRequest.get("/"));
    waiting.awaitFlushed("some");
    journal.abandon();
    assertFalse(waiting.complete());
    var late = TestExchange.run(following(new Damaged(9, 9)), TestRequest.get("/"));
    assertFalse(late.complete());
    assertEquals("some", late.body());
    assertEquals(List.of(CloseReason.ABANDONED, CloseReason.ABANDONED), List.copyOf(ends));
  }

  @Test
  void what_is_before_bytes_that_cannot_be_read_still_comes() throws Exception {
    journal.close(Ending.PLAIN);
    var exchange = TestExchange.run(following(new Damaged(2, 3)), TestRequest.get("/"));
    assertFalse(exchange.complete());
    assertEquals("so", exchange.body());
    assertEquals(List.of(CloseReason.UNREADABLE), List.copyOf(ends));
  }
}
