package dev.sluice.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Many commands, of every kind, at the same time. */
@Timeout(180)
final class CommandsAtOnceTest {
  private static final int COMMANDS = 50;

  @TempDir private Path directory;

  @RegisterExtension final CommandWatch watch = new CommandWatch();

  @Test
  void fifty_commands_at_once_leave_no_file_open() throws Exception {
    Files.writeString(directory.resolve("file"), "a line\n");
    long seed = System.nanoTime();
    var random = new Random(seed);
    runOne(0, 0);
    watch.assertNothingLeft();
    long before = openFiles();
    List<Future<Exit>> exits = new ArrayList<>();
    List<Integer> kinds = new ArrayList<>();
    for (int i = 0; i < COMMANDS; i++) {
      int status = i;
      int kind = random.nextInt(3);
      kinds.add(kind);
      var run = new FutureTask<>(() -> runOne(kind, status));
      Thread.startVirtualThread(run);
      exits.add(run);
    }
    for (int i = 0; i < COMMANDS; i++) {
      Exit expected =
          switch (kinds.get(i)) {
            case 0 -> new Exit(i, null);
            case 1 -> new Exit(130, "INT");
            default -> new Exit(137, "KILL");
          };
      assertEquals(expected, exits.get(i).get(), "seed " + seed);
    }
    Processes.await("more open files than " + before, () -> openFiles() <= before);
  }

  private Exit runOne(int kind, int status) throws Exception {
    var recorder = new Recorder();
    Path file = directory.resolve("file");
    Command command =
        kind == 0
            ? watch.start(recorder, "sh", "-c", "echo a line; exit " + status)
            : watch.start(recorder, "tail", "-f", file.toString());
    recorder.awaitOut("a line\n");
    if (kind == 1) {
      command.end();
    } else if (kind == 2) {
      command.kill();
    }
    command.awaitOutput();
    return command.waitFor();
  }

  /** But for those that classes come from, of which there may be more at any time. */
  private static long openFiles() {
    long count = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path file : files) {
        count += isOfClasses(file) ? 0 : 1;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return count;
  }

  private static boolean isOfClasses(Path file) throws IOException {
    try {
      String target = Files.readSymbolicLink(file).toString();
      return target.endsWith(".jar") || target.endsWith("/lib/modules");
    } catch (NoSuchFileException e) {
      return true; // closed meanwhile
    }
  }
}
