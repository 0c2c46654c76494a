package dev.sluice.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ending a command: politely, by force, and everything that came from it. */
@Timeout(180)
final class CommandEndTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofHours(1);
  private static final EndOptions PATIENT =
      new EndOptions(LONG, LONG, LONG, EndOptions.defaults().afterKill());

  /** Signals reach it: dash can lose one that comes while it starts a program. */
  private static final String WAIT = " while :; do wait; done";

  @RegisterExtension final CommandWatch watch = new CommandWatch();

  private final Recorder recorder = new Recorder();
  private final String seconds = Processes.uniqueSeconds();

  /** Every one of them has a process that sleeps while the command does. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sleep SECONDS",
        "sleep SECONDS & wait",
        "(sleep SECONDS &); sleep 1000",
        "(setsid sleep SECONDS &); sleep 1000",
        "(setsid sh -c '(sleep SECONDS &)' &); sleep 1000",
        "(setsid sh -c \"trap '' INT TERM; sleep SECONDS\" &); sleep 1000",
        "setsid env -i sleep SECONDS; sleep 1000",
        "(env -i sleep SECONDS &); sleep 1000",
        "trap '' INT TERM; sleep SECONDS; sleep 1000",
        "sleep SECONDS >/dev/null 2>&1 & exec >&- 2>&-; wait",
        "set -m; sleep SECONDS & sleep 1000 & wait",
        "sleep SECONDS & kill -STOP $$",
        "while :; do (setsid sleep SECONDS &); sleep 0.01; done",
      })
  void nothing_is_left_behind_by(String script) throws Exception {
    Command command = start(script);
    Processes.awaitOne("sleep\0" + seconds);
    awaitQuiet(command);
    EndOptions options = EndOptions.defaults().withAfterInterrupt(SHORT).withAfterTerminate(SHORT);
    assertNotNull(command.end(options).signal());
    assertEquals(List.of(), Processes.alive("sleep\0" + seconds));
    assertEquals(List.of(), Processes.alive(watch.marker()));
    command.awaitOutput();
  }

  @Test
  void what_a_command_that_has_exited_left_behind_is_ended() throws Exception {
    Command command = start("(setsid sleep SECONDS &) ; exit 4");
    assertEquals(4, command.waitFor().status());
    Processes.awaitOne("sleep\0" + seconds);
    assertEquals(new Exit(4, null), command.end());
    assertEquals(List.of(), Processes.alive("sleep\0" + seconds));
    command.awaitOutput();
  }

  @RepeatedTest(20)
  void what_is_just_leaving_the_group_is_found() throws Exception {
    String many = "for i in 1 2 3 4; do (setsid sh -c 'exec sleep SECONDS' &); done";
    Command command = start(many);
    command.waitFor();
    command.end();
    assertEquals(List.of(), Processes.alive(seconds));
    command.awaitOutput();
  }

  @Test
  void the_input_is_closed_first_and_a_command_may_end_with_it() throws Exception {
    Command command =
        watch.start(
            watch.options().withInput(StandardInput.PIPE),
            recorder,
            "sh",
            "-c",
            "trap 'echo signalled' INT TERM; cat; echo read all; exit 5");
    assertEquals(new Exit(5, null), command.end(PATIENT));
    command.awaitOutput();
    assertEquals("read all\n", recorder.out());
  }

  @Test
  void int_comes_before_term_and_the_command_may_end_in_its_own_way() throws Exception {
    Command command =
        start(
            "trap 'echo int' INT; trap 'echo term; exit 7' TERM; sleep SECONDS & echo ready;"
                + WAIT);
    recorder.awaitOut("ready");
    assertEquals(new Exit(7, null), command.end(PATIENT.withAfterInterrupt(SHORT)));
    command.awaitOutput();
    assertEquals("ready\nint\nterm\n", recorder.out());
  }

  @Test
  void a_command_that_is_stopped_gets_int_as_well() throws Exception {
    Command command = start("kill -STOP $$; sleep SECONDS");
    Processes.await("stopped", () -> Processes.stat(command.pid())[0].equals("T"));
    assertEquals(new Exit(130, "INT"), command.end(PATIENT));
  }

  @Test
  void a_command_that_ignores_int_and_term_is_killed() throws Exception {
    Command command = startDeaf();
    assertEquals(
        new Exit(137, "KILL"),
        command.end(PATIENT.withAfterInterrupt(SHORT).withAfterTerminate(SHORT)));
  }

  @Test
  void an_end_that_waits_is_hurried_by_kill() throws Exception {
    Command command =
        start("trap 'echo int' INT; trap '' TERM; sleep SECONDS & echo ready;" + WAIT);
    recorder.awaitOut("ready");
    Future<Exit> end = later(() -> command.end(PATIENT));
    recorder.awaitOut("int");
    assertEquals(new Exit(137, "KILL"), command.kill());
    assertEquals(new Exit(137, "KILL"), end.get());
  }

  @Test
  void kill_sends_nothing_before() throws Exception {
    Command command = start("trap 'echo int; exit' INT; echo ready; while :; do sleep 0.01; done");
    recorder.awaitOut("ready");
    assertEquals(new Exit(137, "KILL"), command.kill());
    command.awaitOutput();
    assertEquals("ready\n", recorder.out());
  }

  @Test
  void many_may_end_a_command_at_once_and_again() throws Exception {
    Command command = start("sleep SECONDS & wait");
    Processes.awaitOne("sleep\0" + seconds);
    List<Future<Exit>> ends = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ends.add(later(command::end));
    }
    for (Future<Exit> end : ends) {
      assertEquals(new Exit(130, "INT"), end.get());
    }
    assertEquals(new Exit(130, "INT"), command.end());
    assertEquals(new Exit(130, "INT"), command.kill());
    command.close();
  }

  @Test
  void an_interrupt_of_who_waits_does_not_break_the_end_off() throws Exception {
    Command command = startDeaf();
    Thread.currentThread().interrupt();
    assertThrows(
        InterruptedException.class,
        () -> command.end(PATIENT.withAfterInterrupt(SHORT).withAfterTerminate(SHORT)));
    assertEquals(new Exit(137, "KILL"), command.waitFor());
  }

  @Test
  void close_of_an_interrupted_thread_kills_and_keeps_the_interrupt() throws Exception {
    Command command =
        start("trap '' INT; trap 'echo term' TERM; sleep SECONDS & echo ready;" + WAIT);
    recorder.awaitOut("ready");
    Thread.currentThread().interrupt();
    command.close();
    assertTrue(Thread.interrupted());
    assertEquals(new Exit(137, "KILL"), command.exit());
    command.awaitOutput();
    assertEquals("ready\n", recorder.out(), "TERM comes after a wait, of which there was none");
  }

  @Test
  void output_that_nobody_can_end_is_given_up_when_the_command_is_ended() throws Exception {
    // Without its parent, its session and its environment it cannot be found.
    Command command = start("(setsid env -i sleep SECONDS &); echo ready; sleep 1000");
    recorder.awaitOut("ready");
    long hidden = Processes.awaitOne("sleep\0" + seconds);
    String group = Long.toString(command.pid());
    Processes.await("has its parent", () -> !Processes.groupOfParent(hidden).equals(group));
    command.end();
    command.awaitOutput();
    assertTrue(Processes.isAlive(hidden), "what this test is about");
    Processes.kill(hidden);
    Processes.awaitNone("sleep\0" + seconds);
  }

  @Test
  void a_flood_of_output_is_ended_like_silence() throws Exception {
    var flooded = new CountDownLatch(1);
    OutputSink sink =
        output -> {
          if (output.kind() == Output.Kind.STDERR) {
            flooded.countDown();
          }
        };
    Command command = watch.start(sink, "sh", "-c", "yes & exec yes >&2");
    flooded.await();
    assertEquals(new Exit(130, "INT"), command.end());
    command.awaitOutput();
  }

  @Test
  void the_end_does_not_wait_for_the_sink() throws Exception {
    var called = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    Command command =
        watch.start(
            output -> {
              called.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            },
            "yes");
    called.await();
    assertEquals(new Exit(130, "INT"), command.end());
    assertFalse(command.awaitOutput(SHORT));
    goOn.countDown();
    command.awaitOutput();
  }

  @Test
  void what_was_written_before_the_end_is_delivered() throws Exception {
    Command command =
        start("trap 'seq 1 10000; echo bye; exit' INT; sleep SECONDS & echo ready;" + WAIT);
    recorder.awaitOut("ready");
    command.end();
    command.awaitOutput();
    assertTrue(recorder.out().endsWith("10000\nbye\n"), recorder.out());
  }

  @Test
  void the_sink_may_end_the_command() throws Exception {
    var handle = new CompletableFuture<Command>();
    var exit = new CompletableFuture<Exit>();
    OutputSink sink =
        output -> {
          try {
            exit.complete(handle.join().end());
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    Command command = watch.start(sink, "yes");
    handle.complete(command);
    assertEquals("INT", exit.get().signal());
    command.awaitOutput();
  }

  /** Ignores all that can be ignored. */
  private Command startDeaf() throws Exception {
    Command command = start("trap '' HUP INT TERM; echo ready; while :; do sleep SECONDS; done");
    recorder.awaitOut("ready");
    return command;
  }

  private Command start(String script) throws IOException {
    return watch.start(recorder, "sh", "-c", script.replace("SECONDS", seconds));
  }

  /**
   * Waits until the shell waits for what it started: an interrupt that reaches it a moment before
   * that ends it at once, and leaves a child behind that nothing connects with it.
   */
  private static void awaitQuiet(Command command) throws InterruptedException {
    Processes.await(
        "the shell does not come to rest", () -> "ST".contains(Processes.stat(command.pid())[0]));
  }

  private static <T> Future<T> later(Callable<T> task) {
    var future = new FutureTask<T>(task);
    Thread.startVirtualThread(future);
    return future;
  }
}
