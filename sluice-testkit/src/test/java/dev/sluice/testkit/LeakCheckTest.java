package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class LeakCheckTest {
  private final LeakCheck leaks = LeakCheck.before();

  @Test
  void what_was_closed_is_no_leak(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "x");
    Files.readString(file);
    new ServerSocket(0).close();
    new ProcessBuilder("true").inheritIO().start().waitFor();
    Thread.ofPlatform().start(() -> {}).join();
    leaks.assertNoneLeaked();
  }

  @Test
  void a_thread_a_file_a_socket_and_a_process_that_live_on_are_named(@TempDir Path directory)
      throws Exception {
    Path file = Files.writeString(directory.resolve("left-open"), "x");
    var release = new CountDownLatch(1);
    Thread thread = Thread.ofPlatform().name("left-running").start(() -> await(release));
    Process process = new ProcessBuilder("sleep", "1000").inheritIO().start();
    try (InputStream open = Files.newInputStream(file);
        ServerSocket socket = new ServerSocket(0)) {
      String message =
          assertThrows(AssertionError.class, () -> leaks.assertNoneLeaked(Duration.ofMillis(200)))
              .getMessage();
      assertTrue(message.contains("\"left-running\""), message);
      assertTrue(message.contains("process " + process.pid()), message);
      if (Files.isDirectory(Path.of("/proc/self/fd"))) {
        assertTrue(message.contains(file.toString()), message);
        assertTrue(message.contains("-> socket:"), message);
      }
      assertTrue(open.available() > 0 && !socket.isClosed());
    } finally {
      release.countDown();
      thread.join();
      process.destroyForcibly().waitFor();
    }
    leaks.assertNoneLeaked();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
