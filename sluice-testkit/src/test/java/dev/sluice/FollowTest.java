package dev.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A response that follows a journal, without a server. */
final class FollowTest {
  private static final int BLOCK = 256 * 1024;

  private final Journal journal = new Journal("test", BLOCK);
  private final Queue<CloseReason> ends = new ConcurrentLinkedQueue<>();
  private final Handler handler =
      (request, response) -> response.follow(journal, Offset.ZERO, new Raw("<gap>"), ends::add);

  /** The bytes as they are, with something around them. */
  private record Raw(String gap) implements Encoding {
    @Override
    public String type() {
      return "application/x-raw";
    }

    @Override
    public List<String> trailerNames() {
      return List.of("X-Status");
    }

    @Override
    public byte[] opening(Journal journal) {
      return "<open>".getBytes(UTF_8);
    }

    @Override
    public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
      boolean kept =
          journal.read(
              from,
              to,
              (kind, micros, end, bytes, offset, length) -> frame.put(bytes, offset, length));
      return kept ? to : -1;
    }

    @Override
    public byte[] gap(long from, long to) {
      return gap.getBytes(UTF_8);
    }

    @Override
    public byte[] ending(Journal journal, Ending ending) {
      return "<end>".getBytes(UTF_8);
    }

    @Override
    public Headers trailers(Ending ending) {
      return Headers.of("X-Status", String.valueOf(ending.status()));
    }
  }

  private void append(String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    journal.append(Kind.STDOUT, Instant.EPOCH, bytes, 0, bytes.length);
  }

  @Test
  void it_gets_all_of_a_closed_journal_and_its_end() throws Exception {
    append("all");
    journal.close(new Ending(3, null));
    var exchange = TestExchange.run(handler, TestRequest.get("/"));
    assertEquals("<open>all<end>", exchange.body());
    assertEquals("3", exchange.trailers().get("X-Status"));
    assertEquals("application/x-raw", exchange.headers().get("Content-Type"));
    assertEquals("no", exchange.headers().get("X-Accel-Buffering"));
    assertEquals(CloseReason.FOLLOWED, exchange.closeReason());
    assertEquals(List.of(CloseReason.COMPLETED), List.copyOf(ends));
    assertEquals(0, exchange.buffersTaken());
  }

  @Test
  void it_is_live() throws Exception {
    var exchange = TestExchange.start(handler, TestRequest.get("/"));
    exchange.awaitFlushed("<open>");
    append("first");
    exchange.awaitFlushed("<open>first");
    append("second");
    exchange.awaitFlushed("firstsecond");
    assertTrue(ends.isEmpty());
    journal.close(Ending.PLAIN);
    assertEquals("<open>firstsecond<end>", exchange.body());
    assertEquals(List.of(CloseReason.COMPLETED), List.copyOf(ends));
  }

  /** Tells whole lines, and at the end what there is. */
  private record Lines() implements Encoding {
    @Override
    public String type() {
      return "application/x-lines";
    }

    @Override
    public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
      var text = new FrameBuffer();
      if (!journal.read(
          from,
          to,
          (kind, micros, end, bytes, offset, length) -> text.put(bytes, offset, length))) {
        return -1;
      }
      int whole = text.size();
      while (!last && whole > 0 && text.array()[whole - 1] != '\n') {
        whole--;
      }
      frame.put(text.array(), 0, whole);
      return from + whole;
    }
  }

  @Test
  void what_an_encoding_holds_back_comes_when_more_comes_or_the_end() throws Exception {
    append("one\ntw");
    var exchange =
        TestExchange.start(
            (request, response) -> response.follow(journal, Offset.ZERO, new Lines(), ends::add),
            TestRequest.get("/"));
    exchange.awaitFlushed("one\n");
    append("o");
    append("\nthr");
    exchange.awaitFlushed("one\ntwo\n");
    journal.close(Ending.PLAIN);
    assertEquals("one\ntwo\nthr", exchange.body());
    assertEquals(List.of(CloseReason.COMPLETED), List.copyOf(ends));
  }

  @Test
  void the_handlers_type_wins_and_what_it_wrote_goes_first() throws Exception {
    journal.close(Ending.PLAIN);
    var exchange =
        TestExchange.run(
            (request, response) -> {
              response.type("application/x-mine");
              response.write("before");
              handler.handle(request, response);
            },
            TestRequest.get("/"));
    assertEquals("before<open><end>", exchange.body());
    assertEquals("application/x-mine", exchange.headers().get("Content-Type"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_client_that_goes_ends_it(boolean interrupt) throws Exception {
    var exchange =
        TestExchange.start(
            (request, response) -> {
              response.interruptOnCancel(interrupt);
              handler.handle(request, response);
            },
            TestRequest.get("/"));
    append("some");
    exchange.awaitFlushed("some");
    exchange.disconnect();
    assertFalse(exchange.complete());
    assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
    assertEquals(List.of(CloseReason.CLIENT_GONE), List.copyOf(ends));
    append("nobody reads this");
  }

  @Test
  void so_does_one_that_takes_nothing_and_then_goes() throws Exception {
    var exchange = TestExchange.start(handler, TestRequest.get("/"));
    exchange.awaitFlushed("<open>");
    exchange.stall();
    append("some");
    exchange.awaitStalled();
    exchange.disconnect();
    assertFalse(exchange.complete());
    assertEquals(List.of(CloseReason.CLIENT_GONE), List.copyOf(ends));
  }

  @Test
  void what_is_no_longer_kept_is_a_gap() throws Exception {
    append("x".repeat(3 * BLOCK));
    long kept = 3 * BLOCK - journal.start().position();
    journal.close(Ending.PLAIN);
    var exchange = TestExchange.run(handler, TestRequest.get("/"));
    assertEquals("<open><gap>" + "x".repeat((int) kept) + "<end>", exchange.body());
  }

  @Test
  void or_a_cut_where_nothing_can_say_so() throws Exception {
    append("x".repeat(3 * BLOCK));
    journal.close(Ending.PLAIN);
    var exchange =
        TestExchange.run(
            (request, response) -> response.follow(journal, Offset.ZERO, new Raw(""), ends::add),
            TestRequest.get("/"));
    assertFalse(exchange.complete());
    assertEquals(List.of(CloseReason.FELL_BEHIND), List.copyOf(ends));
  }

  @Test
  void an_answer_to_HEAD_follows_nothing() throws Exception {
    append("some");
    var exchange = TestExchange.run(handler, TestRequest.of("HEAD", "/"));
    assertEquals("", exchange.body());
    assertEquals("application/x-raw", exchange.headers().get("Content-Type"));
    assertTrue(exchange.complete());
    assertEquals(List.of(CloseReason.COMPLETED), List.copyOf(ends));
  }

  @Test
  void a_wrapper_that_has_to_see_the_bytes_refuses() {
    assertRefused(Filters.gzip(this::expectRefusal));
    assertRefused(Filters.buffered(this::expectRefusal, 100));
  }

  private void expectRefusal(Request request, Response response) throws Exception {
    assertFalse(response.supports(Feature.FOLLOW));
    var e =
        assertThrows(UnsupportedFeatureException.class, () -> handler.handle(request, response));
    assertEquals(Feature.FOLLOW, e.feature());
    response.write("refused");
  }

  private void assertRefused(Handler wrapped) {
    var exchange =
        TestExchange.run(wrapped, TestRequest.get("/").header("Accept-Encoding", "gzip"));
    assertTrue(exchange.complete());
    assertTrue(ends.isEmpty());
  }

  @Test
  void a_wrapper_that_does_not_lets_it_pass() throws Exception {
    append("all");
    journal.close(Ending.PLAIN);
    Handler wrapped =
        (request, response) -> handler.handle(request, new ForwardingResponse(response) {});
    assertEquals("<open>all<end>", TestExchange.run(wrapped, TestRequest.get("/")).body());
  }
}
