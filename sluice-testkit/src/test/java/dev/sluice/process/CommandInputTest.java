package dev.sluice.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Writing to a command's standard input. */
@Timeout(180)
final class CommandInputTest {
  @RegisterExtension final CommandWatch watch = new CommandWatch();

  private final Recorder recorder = new Recorder();

  @Test
  void what_is_written_is_read_at_once_and_closing_is_the_end() throws Exception {
    Command cat = startWithPipe("cat");
    cat.input().write("first\n".getBytes(StandardCharsets.UTF_8));
    recorder.awaitOut("first\n");
    cat.input().write("second\n".getBytes(StandardCharsets.UTF_8));
    recorder.awaitOut("second\n");
    cat.input().close();
    assertEquals(new Exit(0, null), cat.waitFor());
  }

  @Test
  void more_than_a_pipe_holds_is_written_as_fast_as_it_is_read() throws Exception {
    long seed = System.nanoTime();
    byte[] bytes = new byte[3_000_001];
    new Random(seed).nextBytes(bytes);
    Command cat = startWithPipe("cat");
    try (OutputStream input = cat.input()) {
      input.write(bytes);
    }
    cat.awaitOutput();
    assertArrayEquals(bytes, recorder.bytes(Output.Kind.STDOUT), "seed " + seed);
  }

  @Test
  void a_write_to_a_command_that_does_not_read_any_more_fails() throws Exception {
    Command command = startWithPipe("true");
    command.waitFor();
    IOException e = assertThrows(IOException.class, () -> command.input().write(1));
    assertTrue(e.getMessage().contains("has closed its standard input"), e.getMessage());
    command.input().close();
    e = assertThrows(IOException.class, () -> command.input().write(1));
    assertTrue(e.getMessage().endsWith("is closed"), e.getMessage());
  }

  @Test
  void the_end_of_the_command_wakes_a_writer_that_waits() throws Exception {
    Command command = startWithPipe("sleep", Processes.uniqueSeconds());
    var failure = new AtomicReference<Throwable>();
    Thread writer = startWriter(command, failure);
    command.end();
    writer.join();
    assertTrue(failure.get() instanceof IOException, "failure: " + failure);
  }

  @Test
  void an_interrupt_wakes_a_writer_that_waits() throws Exception {
    Command command = startWithPipe("sleep", Processes.uniqueSeconds());
    var failure = new AtomicReference<Throwable>();
    Thread writer = startWriter(command, failure);
    writer.interrupt();
    writer.join();
    assertTrue(failure.get() instanceof InterruptedIOException, "failure: " + failure);
    command.end();
  }

  /** Returns when it has written what the pipe holds, and waits in poll. */
  private static Thread startWriter(Command command, AtomicReference<Throwable> failure)
      throws InterruptedException {
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try {
                command.input().write(new byte[1_000_000]);
              } catch (IOException e) {
                failure.set(e);
              }
            });
    Processes.await(
        "the writer does not wait",
        () ->
            List.of(writer.getStackTrace()).stream()
                .anyMatch(frame -> frame.getMethodName().equals("poll")));
    return writer;
  }

  @Test
  void commands_started_at_the_same_time_have_only_their_own_pipes() throws Exception {
    List<Thread> starters = new ArrayList<>();
    Command[] cats = new Command[16];
    for (int i = 0; i < cats.length; i++) {
      int index = i;
      starters.add(
          Thread.startVirtualThread(() -> {
            try {
              cats[index] = startWithPipe("cat");
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }));
    }
    for (Thread starter : starters) {
      starter.join();
    }
    for (Command cat : cats) {
      cat.input().close(); // were its other end open elsewhere, cat would not end
      assertEquals(new Exit(0, null), cat.waitFor());
      cat.awaitOutput();
    }
  }

  private Command startWithPipe(String... arguments) throws IOException {
    return watch.start(watch.options().withInput(StandardInput.PIPE), recorder, arguments);
  }
}
