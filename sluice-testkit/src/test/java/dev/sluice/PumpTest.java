package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pump copies, from each kind of source, and what becomes of a source that fails. */
final class PumpTest {
  private static final TestRequest REQUEST = TestRequest.get("/");

  @Test
  void a_stream_is_copied_byte_for_byte() {
    long seed = System.nanoTime();
    byte[] bytes = new byte[300_000];
    new Random(seed).nextBytes(bytes);
    var exchange = run(Pump.from(new ByteArrayInputStream(bytes)));
    assertTrue(exchange.complete());
    assertArrayEquals(bytes, exchange.flushed(), "seed " + seed);
  }

  @Test
  void characters_become_utf_8_wherever_reads_split_them() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var text = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      text.appendCodePoint(
          switch (random.nextInt(4)) {
            case 0 -> 'a' + random.nextInt(26);
            case 1 -> 0xe0 + random.nextInt(16);
            case 2 -> 0x4e00 + random.nextInt(1000);
            default -> 0x1f600 + random.nextInt(60);
          });
    }
    var exchange = run(Pump.from(inSmallReads(text.toString(), random)));
    assertEquals(text.toString(), exchange.body(), "seed " + seed);
  }

  @Test
  void half_a_surrogate_pair_at_the_end_of_a_reader_becomes_a_question_mark() {
    assertEquals("ab?", run(Pump.from(new StringReader("ab\ud83d"))).body());
  }

  @Test
  void a_file_is_copied_to_its_end(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("log"), "one\ntwo\n");
    assertEquals("one\ntwo\n", run(Pump.fromFile(file)).body());
  }

  @Test
  void a_file_that_does_not_exist_can_still_be_answered_with_an_error(@TempDir Path directory) {
    var exchange = run(Pump.fromFile(directory.resolve("none")));
    assertEquals(500, exchange.status());
    assertTrue(exchange.complete());
  }

  @Test
  void a_publisher_is_copied_to_its_completion() throws Exception {
    TestExchange exchange;
    try (var publisher = new SubmissionPublisher<ByteBuffer>()) {
      exchange =
          TestExchange.start((request, response) -> Pump.from(publisher).run(response), REQUEST);
      exchange.awaitHead();
      for (int i = 0; i < 100; i++) {
        publisher.submit(ByteBuffer.wrap(new byte[] {'x'}));
      }
    }
    assertEquals("x".repeat(100), exchange.body());
    assertTrue(exchange.complete());
  }

  @Test
  void a_publisher_is_asked_for_no_more_than_a_window_while_the_client_is_slow() throws Exception {
    var demanded = new AtomicLong();
    Flow.Publisher<ByteBuffer> endless =
        subscriber ->
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  @Override
                  public void request(long count) {
                    demanded.addAndGet(count);
                    for (int i = 0; i < count; i++) {
                      subscriber.onNext(ByteBuffer.wrap(new byte[16 * 1024]));
                    }
                  }

                  @Override
                  public void cancel() {}
                });
    var exchange = TestExchange.of(REQUEST);
    exchange.stall();
    exchange.start(
        (request, response) -> Pump.from(endless).flush(FlushPolicy.none()).run(response));
    exchange.awaitStalled();
    long window = 16;
    long inThePumpsBuffer = 4;
    assertTrue(demanded.get() <= window + inThePumpsBuffer, demanded + " were demanded");
    exchange.disconnect();
    exchange.outcome();
  }

  @Test
  void a_publisher_that_ignores_demand_or_fails_cuts_the_response() {
    Flow.Publisher<ByteBuffer> flood =
        subscriber -> {
          subscriber.onSubscribe(new IgnoredDemand());
          for (int i = 0; i < 100; i++) {
            subscriber.onNext(ByteBuffer.wrap(new byte[] {'x'}));
          }
        };
    var exchange = run(Pump.from(flood));
    assertFalse(exchange.complete());
    assertTrue(exchange.failure().getMessage().contains("16 asked for"));
  }

  @Test
  void the_output_of_a_command_is_copied() throws Exception {
    Process process = new ProcessBuilder("sh", "-c", "echo one; echo two").start();
    var exchange =
        TestExchange.run((request, response) -> Pump.from(process).start(response), REQUEST);
    assertEquals("one\ntwo\n", exchange.body());
    assertEquals(0, process.waitFor());
  }

  @Test
  void G4_a_source_that_fails_midway_cuts_the_response() {
    var source = new FeedStream().feed("abc").fail(new IOException("disk gone"));
    var exchange = run(Pump.from(source));
    assertEquals("abc", exchange.body());
    assertFalse(exchange.complete());
    assertEquals("disk gone", exchange.failure().getMessage());
  }

  @Test
  void G4_a_started_pump_that_fails_cuts_the_response_though_nobody_joined_it() {
    var source = new FeedStream().feed("abc").fail(new IOException("disk gone"));
    var exchange =
        TestExchange.run((request, response) -> Pump.from(source).start(response), REQUEST);
    assertFalse(exchange.complete());
    assertEquals("disk gone", exchange.failure().getMessage());
  }

  @Test
  void G4_a_failure_that_the_handler_caught_from_join_cuts_the_response_all_the_same() {
    var source = new FeedStream().feed("abc").fail(new IOException("disk gone"));
    var exchange =
        TestExchange.run(
            (request, response) -> {
              Transfer transfer = Pump.from(source).start(response);
              assertThrows(IOException.class, transfer::join);
              response.write("as if nothing had happened");
            },
            REQUEST);
    assertFalse(exchange.complete());
  }

  @Test
  void run_and_join_and_bytes_say_how_much_was_copied() {
    TestExchange.run(
        (request, response) -> {
          assertEquals(3, Pump.from(new StringReader("abc")).run(response));
          Transfer transfer = Pump.from(new StringReader("öö")).start(response);
          assertEquals(4, transfer.join());
          assertEquals(4, transfer.bytes());
        },
        REQUEST);
  }

  @Test
  void the_source_is_closed_however_the_pump_ends() {
    var whole = new FeedStream().feed("abc").end();
    run(Pump.from(whole));
    assertEquals(0, whole.closed.getCount());
    var broken = new FeedStream().fail(new IOException("no"));
    run(Pump.from(broken));
    assertEquals(0, broken.closed.getCount());
  }

  @Test
  void a_pump_is_used_once() {
    Pump pump = Pump.from(InputStream.nullInputStream());
    TestExchange.run((request, response) -> pump.run(response), REQUEST);
    var again = TestExchange.run((request, response) -> pump.run(response), REQUEST);
    assertEquals("this pump was used before: its source is spent", again.failure().getMessage());
  }

  @Test
  void a_source_that_may_hold_its_thread_is_read_by_a_platform_thread() {
    var source = new FeedStream().feed("abc").end();
    TestExchange.start((request, response) -> Pump.from(source).start(response), REQUEST).outcome();
    assertFalse(source.reader().isVirtual());
    assertTrue(source.reader().isDaemon());
  }

  private static TestExchange run(Pump pump) {
    return TestExchange.run((request, response) -> pump.run(response), REQUEST);
  }

  private static Reader inSmallReads(String text, Random random) {
    return new StringReader(text) {
      @Override
      public int read(char[] chars, int offset, int length) throws IOException {
        return super.read(chars, offset, Math.min(length, 1 + random.nextInt(7)));
      }
    };
  }

  private static final class IgnoredDemand implements Flow.Subscription {
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }
}
