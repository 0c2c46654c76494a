package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.LeakCheck;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a pump on a thread of its own lives and ends with its handler. */
@Timeout(180)
final class TransferTest {
  private static final TestRequest REQUEST = TestRequest.get("/");

  private final FeedStream source = new FeedStream();

  @Test
  void a_handler_that_returns_waits_for_its_transfer() throws Exception {
    var exchange =
        TestExchange.start((request, response) -> Pump.from(source).start(response), REQUEST);
    source.feed("abc");
    exchange.awaitFlushed("abc");
    source.feed("def").end();
    assertEquals("abcdef", exchange.body());
    assertTrue(exchange.complete());
  }

  @Test
  void a_handler_that_throws_cancels_its_transfer() throws Exception {
    LeakCheck leaks = LeakCheck.before();
    var exchange =
        TestExchange.run(
            (request, response) -> {
              Pump.from(source).start(response);
              throw new IOException("no");
            },
            REQUEST);
    assertEquals("no", exchange.failure().getMessage());
    source.closed.await();
    leaks.assertNoneLeaked();
  }

  @Test
  void a_client_that_goes_cancels_the_transfer_of_a_silent_source() throws Exception {
    LeakCheck leaks = LeakCheck.before();
    var exchange =
        TestExchange.start((request, response) -> Pump.from(source).start(response), REQUEST);
    exchange.awaitHead();
    exchange.disconnect();
    assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
    source.closed.await();
    leaks.assertNoneLeaked();
  }

  @Test
  void a_client_that_goes_while_it_is_slow_ends_the_transfer() throws Exception {
    var exchange =
        TestExchange.start((request, response) -> Pump.from(source).start(response), REQUEST);
    exchange.awaitHead();
    exchange.stall();
    source.feed("abc");
    exchange.awaitStalled();
    exchange.disconnect();
    assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
    source.closed.await();
  }

  static List<FlushPolicy> policies() {
    return List.of(FlushPolicy.eachRead(), FlushPolicy.atMostEvery(Duration.ofMillis(10)));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void a_handler_that_throws_does_not_wait_for_a_slow_client(FlushPolicy policy) throws Exception {
    var thrown = new CountDownLatch(1);
    var exchange =
        TestExchange.start(
            (request, response) -> {
              response.progressDeadline(Duration.ofHours(1));
              Pump.from(source).flush(policy).start(response);
              thrown.await();
              throw new IOException("no");
            },
            REQUEST);
    exchange.awaitHead();
    exchange.stall();
    source.feed("abc");
    exchange.awaitStalled();
    thrown.countDown();
    assertFalse(exchange.complete());
    source.closed.await();
  }

  @Test
  void after_cancel_the_response_is_the_handlers_again() throws Exception {
    var fed = new CountDownLatch(1);
    var exchange =
        TestExchange.start(
            (request, response) -> {
              Transfer transfer = Pump.from(source).start(response);
              fed.await();
              transfer.cancel();
              assertEquals(3, transfer.join());
              response.write(" and that was all");
            },
            REQUEST);
    source.feed("abc");
    exchange.awaitFlushed("abc");
    fed.countDown();
    assertEquals("abc and that was all", exchange.body());
    assertTrue(exchange.complete());
  }

  @Test
  void a_read_that_cannot_be_woken_does_not_hold_the_handler_and_writes_nothing_more()
      throws Exception {
    var release = new CountDownLatch(1);
    var reader = new AtomicReference<Thread>();
    var deaf =
        new InputStream() {
          @Override
          public int read(byte[] bytes, int offset, int length) {
            bytes[offset] = (byte) read();
            return 1;
          }

          @Override
          public int read() {
            reader.set(Thread.currentThread());
            while (release.getCount() > 0) {
              Thread.onSpinWait();
            }
            return 'x';
          }
        };
    var exchange =
        TestExchange.start((request, response) -> Pump.from(deaf).start(response), REQUEST);
    while (reader.get() == null) {
      Thread.onSpinWait();
    }
    exchange.disconnect();
    assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
    release.countDown();
    reader.get().join();
    assertEquals("", exchange.flushedText());
  }

  @Test
  void a_reader_whose_close_waits_for_its_read_does_not_hold_the_handler() throws Exception {
    var exchange =
        TestExchange.start(
            (request, response) ->
                Pump.from(new InputStreamReader(source, StandardCharsets.UTF_8)).start(response),
            REQUEST);
    exchange.awaitHead();
    exchange.disconnect();
    assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
    source.closed.await();
  }

  @Test
  void a_named_pipe_that_is_silent_is_let_go_when_the_client_goes(@TempDir Path directory)
      throws Exception {
    Path pipe = directory.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    LeakCheck leaks = LeakCheck.before();
    // Opened for both, it does not wait for the other side.
    try (OutputStream writer =
        Channels.newOutputStream(
            FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE))) {
      var exchange =
          TestExchange.start((request, response) -> Pump.fromFile(pipe).start(response), REQUEST);
      writer.write("abc".getBytes(StandardCharsets.UTF_8));
      exchange.awaitFlushed("abc");
      exchange.disconnect();
      assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
    }
    leaks.assertNoneLeaked();
  }

  @Test
  void a_client_that_goes_ends_the_process_and_its_descendants() throws Exception {
    LeakCheck leaks = LeakCheck.before();
    Process process = new ProcessBuilder("sh", "-c", "sleep 1000 & echo ready; wait").start();
    var exchange =
        TestExchange.start((request, response) -> Pump.from(process).start(response), REQUEST);
    exchange.awaitFlushed("ready");
    List<ProcessHandle> descendants = process.descendants().toList();
    assertEquals(1, descendants.size());
    exchange.disconnect();
    assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
    process.waitFor();
    awaitEnd(descendants.getFirst());
    closeOtherStreams(process);
    leaks.assertNoneLeaked();
  }

  @Test
  void a_process_that_ignores_the_first_signal_is_killed() throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done")
            .start();
    var exchange =
        TestExchange.start((request, response) -> Pump.from(process).start(response), REQUEST);
    exchange.awaitFlushed("ready");
    exchange.disconnect();
    assertEquals(128 + 9, process.waitFor());
    closeOtherStreams(process);
  }

  @Test
  void an_interrupted_join_leaves_the_transfer_at_work() throws Exception {
    var exchange =
        TestExchange.start(
            (request, response) -> {
              Transfer transfer = Pump.from(source).start(response);
              Thread.currentThread().interrupt();
              try {
                transfer.join();
              } catch (InterruptedException e) {
                source.feed("still here").end();
              }
            },
            REQUEST);
    assertEquals("still here", exchange.body());
    assertTrue(exchange.complete());
  }

  private static void closeOtherStreams(Process process) throws IOException {
    process.getErrorStream().close();
    process.getOutputStream().close();
  }

  private static void awaitEnd(ProcessHandle process) throws Exception {
    long deadlineNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (process.isAlive() && !isZombie(process)) {
      assertTrue(System.nanoTime() < deadlineNanos, process + " lives on");
      Thread.sleep(10);
    }
  }

  /** Where PID 1 does not reap, an orphan that has ended stays as one. */
  private static boolean isZombie(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"))
          .contains(") Z");
    } catch (IOException e) {
      return false; // it has gone meanwhile, or there is no such file here
    }
  }
}
