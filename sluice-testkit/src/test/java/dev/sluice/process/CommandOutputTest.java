package dev.sluice.process;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How a command's output reaches the sink. */
@Timeout(180)
final class CommandOutputTest {
  private static final int CHUNK_BYTES = 64 * 1024;

  @RegisterExtension final CommandWatch watch = new CommandWatch();

  private final Recorder recorder = new Recorder();

  @Test
  void both_outputs_come_apart_in_the_order_in_which_they_are_written() throws Exception {
    Command command =
        watch.start(
            watch.options().withInput(StandardInput.PIPE),
            recorder,
            "sh",
            "-c",
            "for i in 1 2 3; do echo out $i; read go; echo err $i >&2; read go; done; exit 3");
    StringBuilder expected = new StringBuilder();
    try (OutputStream input = command.input()) {
      for (int i = 1; i <= 3; i++) {
        for (String step : new String[] {"STDOUT out ", "STDERR err "}) {
          expected.append(expected.isEmpty() ? "" : "|").append(step).append(i);
          String soFar = expected.toString();
          Processes.await("not: " + soFar, () -> recorder.inOrder().equals(soFar));
          input.write('\n');
        }
      }
    }
    command.awaitOutput();
    assertEquals(3, command.waitFor().status());
    assertEquals(expected.toString(), recorder.inOrder());
  }

  @Test
  void output_comes_with_the_time_at_which_it_came() throws Exception {
    Instant before = Instant.now();
    Command command =
        watch.start(
            watch.options().withInput(StandardInput.PIPE),
            recorder,
            "sh",
            "-c",
            "echo a; read go; echo b");
    recorder.awaitOut("a");
    Instant between = Instant.now();
    command.input().close();
    command.awaitOutput();
    Instant a = recorder.arrivals().get(0).time();
    Instant b = recorder.arrivals().get(1).time();
    assertTrue(!a.isBefore(before) && !a.isAfter(between), before + " " + a + " " + between);
    assertTrue(!b.isBefore(between) && !b.isAfter(Instant.now()), between + " " + b);
  }

  @Test
  void twenty_megabytes_of_any_bytes_arrive_as_they_are(@TempDir Path directory) throws Exception {
    byte[] bytes = new byte[20_000_003];
    long seed = System.nanoTime();
    new Random(seed).nextBytes(bytes);
    Path file = Files.write(directory.resolve("bytes"), bytes);
    MessageDigest read = MessageDigest.getInstance("SHA-256");
    Command command = watch.start(output -> read.update(output.bytes()), "cat", file.toString());
    command.awaitOutput();
    assertArrayEquals(
        MessageDigest.getInstance("SHA-256").digest(bytes), read.digest(), "seed " + seed);
    assertEquals(new Exit(0, null), command.waitFor());
  }

  @Test
  void a_million_lines_arrive_on_each_output() throws Exception {
    long[] lines = new long[2];
    watch.run(
        output -> {
          for (ByteBuffer bytes = output.bytes(); bytes.hasRemaining(); ) {
            lines[output.kind() == Output.Kind.STDOUT ? 0 : 1] += bytes.get() == '\n' ? 1 : 0;
          }
        },
        "seq 1 1000000 & seq 1 1000000 >&2; wait");
    assertArrayEquals(new long[] {1_000_000, 1_000_000}, lines);
  }

  @Test
  void a_command_waits_for_a_slow_sink_and_loses_nothing() throws Exception {
    long total = 100L * CHUNK_BYTES;
    var firstArrived = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var received = new AtomicLong();
    Command command =
        watch.start(
            output -> {
              received.addAndGet(output.bytes().remaining());
              firstArrived.countDown();
              awaitUninterrupted(goOn);
            },
            "head",
            "-c",
            Long.toString(total),
            "/dev/zero");
    firstArrived.await();
    // It has filled the pipe again, and now sleeps in its next write.
    Processes.await(
        "the command does not stand still",
        () ->
            written(command.pid()) >= CHUNK_BYTES && Processes.stat(command.pid())[0].equals("S"));
    assertTrue(written(command.pid()) <= 4 * CHUNK_BYTES, "written: " + written(command.pid()));
    assertTrue(received.get() <= CHUNK_BYTES, "received: " + received);
    assertNull(command.exit());
    goOn.countDown();
    command.awaitOutput();
    assertEquals(total, received.get());
  }

  @Test
  void a_sink_that_fails_closes_the_outputs_of_the_command_and_is_told() throws Exception {
    Command command =
        watch.start(
            output -> {
              throw new IOException("full");
            },
            "yes");
    IOException e = assertThrows(IOException.class, command::awaitOutput);
    assertEquals("full", e.getCause().getMessage());
    assertEquals(new Exit(141, "PIPE"), command.waitFor());
  }

  @Test
  void an_output_may_end_long_before_the_other() throws Exception {
    Command command =
        watch.start(
            watch.options().withInput(StandardInput.PIPE),
            recorder,
            "sh",
            "-c",
            "echo last; exec >&-; read go; echo late >&2");
    recorder.awaitOut("last");
    assertFalse(command.awaitOutput(Duration.ofMillis(50)));
    command.input().close();
    command.awaitOutput();
    assertEquals("late\n", recorder.err());
  }

  @Test
  void a_command_may_exit_and_leave_its_output_to_another_process() throws Exception {
    String seconds = Processes.uniqueSeconds();
    Command command = watch.start(recorder, "sh", "-c", "sleep " + seconds + " & echo exiting");
    assertEquals(0, command.waitFor().status());
    recorder.awaitOut("exiting");
    assertFalse(command.awaitOutput(Duration.ofMillis(50)));
    Processes.kill(Processes.awaitOne(seconds));
    command.awaitOutput(); // and nothing has to be ended
  }

  @Test
  void what_was_written_is_waited_for_and_not_who_may_go_on_writing(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("goOn");
    var goOn = new CountDownLatch(1);
    Command command =
        watch.start(
            output -> {
              awaitUninterrupted(goOn);
              recorder.accept(output);
            },
            "sh",
            "-c",
            "(until [ -e "
                + file
                + " ]; do sleep 0.05; done; echo late) &"
                + " seq 1 10000; echo last >&2");
    assertEquals(0, command.waitFor().status());
    CompletableFuture<Void> written = CompletableFuture.runAsync(() -> awaitWritten(command));
    assertThrows(TimeoutException.class, () -> written.get(50, TimeUnit.MILLISECONDS));
    assertEquals("", recorder.inOrder());
    goOn.countDown();
    written.get(60, TimeUnit.SECONDS);
    String lines = IntStream.rangeClosed(1, 10_000).mapToObj(i -> i + "\n").collect(joining());
    assertEquals(lines, recorder.out());
    assertEquals("last\n", recorder.err());
    assertFalse(command.awaitOutput(Duration.ofMillis(50)));
    Files.createFile(file);
    command.awaitOutput(); // it is still heard
    assertEquals(lines + "late\n", recorder.out());
    command.awaitWritten();
  }

  @Test
  void nor_is_one_that_never_stops_writing() throws Exception {
    Command command = watch.start(output -> {}, "sh", "-c", "yes & yes >&2 &");
    assertEquals(0, command.waitFor().status());
    for (int i = 0; i < 3; i++) {
      command.awaitWritten();
    }
    var _ = command.end();
  }

  @Test
  void many_may_wait_for_what_was_written_while_it_goes_on_and_ends() throws Exception {
    Command command = watch.start(recorder, "sh", "-c", "seq 1 300000; seq 1 300000 >&2");
    CompletableFuture<?>[] all = new CompletableFuture<?>[8];
    for (int i = 0; i < all.length; i++) {
      all[i] =
          CompletableFuture.runAsync(() -> {
            while (command.exit() == null) {
              awaitWritten(command);
            }
            awaitWritten(command);
          });
    }
    CompletableFuture.allOf(all).get(120, TimeUnit.SECONDS);
    assertTrue(recorder.out().endsWith("\n300000\n"));
    assertTrue(recorder.err().endsWith("\n300000\n"));
  }

  @Test
  void who_waits_for_what_was_written_is_told_of_a_sink_that_fails() throws Exception {
    Command command =
        watch.start(
            output -> {
              throw new IOException("full");
            },
            "yes");
    assertEquals(new Exit(141, "PIPE"), command.waitFor());
    IOException e = assertThrows(IOException.class, command::awaitWritten);
    assertEquals("full", e.getCause().getMessage());
  }

  private static void awaitWritten(Command command) {
    try {
      command.awaitWritten();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As any process does that ends: its files are closed before it has ended. */
  @Test
  void a_process_may_close_its_output_some_time_before_it_ends() throws Exception {
    Command command = watch.start(recorder, "sh", "-c", "(exec >&- 2>&-; sleep 0.3) &");
    assertEquals(0, command.waitFor().status());
    command.awaitOutput(); // and nothing has to be ended
  }

  @Test
  void the_buffer_is_refused_to_those_who_keep_it() throws Exception {
    var kept = new AtomicReference<Output>();
    watch.run(kept::set, "echo kept");
    assertNotNull(kept.get());
    assertThrows(RuntimeException.class, () -> kept.get().bytes().get(0));
  }

  private static long written(long process) {
    return Processes.read(process, "io")
        .lines()
        .filter(line -> line.startsWith("wchar: "))
        .mapToLong(line -> Long.parseLong(line.substring("wchar: ".length())))
        .findFirst()
        .orElse(0);
  }

  private static void awaitUninterrupted(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
