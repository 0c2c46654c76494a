package dev.sluice.process;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs, and all that it starts.
 *
 * <p>Two things come to their end, each in its own time: the output ({@link #awaitOutput}), when
 * nobody has it open any more, and the command ({@link #waitFor}), when its first process exits. A
 * process that the command left behind may go on writing; {@link #awaitWritten} does not wait for
 * it.
 *
 * <p>A command that has ended, and left nothing behind for more than a second, needs no further
 * call. One that left something behind keeps it, until it is ended or the JVM is.
 *
 * <p>Thread safety: all methods may be called by any thread; see the package for how.
 */
public final class Command implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(1);

  private final List<String> arguments;
  private final Leader leader;
  private final Family family;
  private final Guardian guardian;
  private final OutputReader reader;
  private final @Nullable InputPipe input;
  private final Ending ending;

  private Command(
      List<String> arguments,
      Leader leader,
      String cookie,
      Guardian guardian,
      OutputReader reader,
      @Nullable InputPipe input) {
    this.arguments = arguments;
    this.leader = leader;
    this.family = new Family(leader, cookie);
    this.guardian = guardian;
    this.reader = reader;
    this.input = input;
    this.ending = new Ending(leader, family, input, this::onEnd);
  }

  /**
   * Starts a program, in a session and process group of its own.
   *
   * @param arguments the program, a path if it has a slash and otherwise looked for on PATH, and
   *     what follows it. A script without an interpreter in its first line is run by {@code sh}.
   * @param sink gets the output, on another thread, possibly before this returns
   * @throws ProgramNotFoundException if there is no such program
   * @throws ProgramNotExecutableException if there is, and it cannot be executed
   * @throws IOException if there is no such directory, or the system has no room for a process
   * @throws IllegalArgumentException if there are no arguments, or one has a NUL
   * @throws UnsupportedOperationException on systems other than 64-bit Linux
   */
  public static Command start(List<String> arguments, CommandOptions options, OutputSink sink)
      throws IOException {
    List<String> argv = List.copyOf(arguments);
    check(argv);
    String cookie = UUID.randomUUID().toString();
    StandardFiles files = StandardFiles.open(options.input());
    try {
      Guardian guardian = Guardian.start(cookie);
      try {
        Leader leader = new Leader(Launch.start(argv, options, cookie, files));
        files.closeTheirs();
        return follow(argv, leader, cookie, guardian, files, sink);
      } catch (Throwable e) {
        guardian.release();
        throw e;
      }
    } catch (Throwable e) {
      files.close();
      throw e;
    }
  }

  private static Command follow(
      List<String> arguments,
      Leader leader,
      String cookie,
      Guardian guardian,
      StandardFiles files,
      OutputSink sink)
      throws IOException {
    try {
      guardian.watch(leader.id());
      Descriptor theirInput = files.input();
      InputPipe input = theirInput == null ? null : new InputPipe(theirInput);
      OutputReader reader = new OutputReader(files.output(), files.error(), sink);
      Command command = new Command(arguments, leader, cookie, guardian, reader, input);
      command.startThread("sluice-exit-", command::watchExit);
      command.startThread("sluice-output-", command::readOutput);
      return command;
    } catch (Throwable e) {
      leader.signalGroup(Libc.SIGKILL);
      leader.reap();
      throw e;
    }
  }

  private void startThread(String name, Runnable task) {
    Thread.ofPlatform().daemon().name(name + leader.id()).start(task);
  }

  private static void check(List<String> arguments) {
    String system = System.getProperty("os.name");
    boolean has64Bits = ValueLayout.ADDRESS.byteSize() == Long.BYTES;
    if (!system.toLowerCase(Locale.ROOT).equals("linux") || !has64Bits) {
      throw new UnsupportedOperationException(
          "commands need Linux on a 64-bit processor; on Windows, use WSL: this is "
              + system
              + ", "
              + System.getProperty("os.arch"));
    }
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("no program to start: the arguments are empty");
    }
    for (String argument : arguments) {
      if (argument.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("NUL in an argument: \"" + argument + "\"");
      }
    }
  }

  /** The program and its arguments. */
  public List<String> arguments() {
    return arguments;
  }

  /** The number of its first process, which is also that of its group and its session. */
  public long pid() {
    return leader.id();
  }

  /**
   * Where its standard input is written. Nothing is kept back: what is written is in the pipe. A
   * write waits, and holds the carrier of a virtual thread, while the pipe is full; it fails when
   * the command has closed its end, and is woken by {@link #end} and by an interrupt. To be closed
   * when there is no more.
   *
   * @throws IllegalStateException if it is not a {@link StandardInput#PIPE}
   */
  public OutputStream input() {
    if (input == null) {
      throw new IllegalStateException(
          "standard input is no pipe; ask for one with CommandOptions.withInput");
    }
    return input;
  }

  /**
   * Waits until the sink has had all of the output: until no process has it open, or, when the
   * command was ended, until what was written is read.
   *
   * @throws IOException if the sink could not take it; its failure is the cause
   */
  public void awaitOutput() throws IOException, InterruptedException {
    reader.await();
  }

  /** Waits likewise, for a time; whether the sink has had all of the output. */
  public boolean awaitOutput(Duration timeout) throws IOException, InterruptedException {
    return reader.await(timeout);
  }

  /**
   * Waits until the sink has had what was written before this call, and for nothing that is written
   * later: also a process that the command left behind, and that has the output open, is not waited
   * for. After {@link #waitFor}, all that the command itself has written has arrived then.
   *
   * @throws IOException if the sink could not take it; its failure is the cause
   */
  public void awaitWritten() throws IOException, InterruptedException {
    reader.awaitWritten();
  }

  /** Waits until the command has exited. Processes that it started, and output, may be left. */
  public Exit waitFor() throws InterruptedException {
    return leader.await();
  }

  /** Waits likewise, for a time; null if the command is still there. */
  public @Nullable Exit waitFor(Duration timeout) throws InterruptedException {
    return leader.await(timeout) ? leader.await() : null;
  }

  /** How the command ended; null if it has not. */
  public @Nullable Exit exit() {
    return leader.exit();
  }

  /**
   * Sends a signal to the whole group, and leaves it at that.
   *
   * @return false if nothing of the command is left
   */
  public boolean signal(GroupSignal signal) {
    return leader.signalGroup(signal.number());
  }

  /** Ends the command with {@link EndOptions#defaults}. */
  public Exit end() throws IOException, InterruptedException {
    return end(EndOptions.defaults());
  }

  /**
   * Ends the command and every process that came from it, and waits until they have gone: standard
   * input is closed, then INT, TERM and KILL are sent, as long as anything is left. What it has
   * written until then is still delivered; {@link #awaitOutput} waits for that.
   *
   * <p>Once begun it goes on, whoever is interrupted. A second call waits for the first one, whose
   * options hold; {@link #kill} makes it hurry. For a command that has ended, it ends what that
   * left behind.
   *
   * @return how the command ended
   * @throws IOException if a process could not be ended, such as another user's; it is named
   */
  public Exit end(EndOptions options) throws IOException, InterruptedException {
    ending.begin(options);
    return ending.await();
  }

  /** Ends the command as {@link #end} does, but with KILL at once, also if that has begun. */
  public Exit kill() throws IOException, InterruptedException {
    ending.kill(EndOptions.defaults());
    return ending.await();
  }

  /**
   * Ends the command, if it has not ended, and what it left behind. If the thread is or gets
   * interrupted, that is done with KILL at once; the interrupt is kept.
   *
   * @throws IOException if a process could not be ended
   */
  @Override
  public void close() throws IOException {
    boolean interrupted = false;
    try {
      ending.begin(EndOptions.defaults());
      while (true) {
        try {
          ending.await();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
          ending.kill(EndOptions.defaults());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void watchExit() {
    leader.watch();
    finishIfNothingIsLeft();
  }

  private void readOutput() {
    reader.run();
    finishIfNothingIsLeft();
  }

  /**
   * The later of the two threads looks more than once: a process that ends has its files closed
   * before it counts as ended, so that the end of the output may be seen a moment too early.
   */
  private void finishIfNothingIsLeft() {
    if (!leader.hasExited()) {
      return;
    }
    Duration pause = FIRST_PAUSE;
    while (!family.isGone()) {
      if (!reader.hasFinished() || pause.compareTo(LAST_PAUSE) > 0) {
        return;
      }
      LockSupport.parkNanos(pause.toNanos());
      pause = pause.multipliedBy(2);
    }
    finish();
  }

  private void onEnd() {
    reader.stopWhenEmpty();
    if (leader.hasExited()) {
      finish();
    }
  }

  /** The number goes last, and the guardian before it: it must not guard a stranger's. */
  private void finish() {
    guardian.release();
    leader.reap();
  }
}
