package dev.sluice.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Tells what a test has left behind: platform threads, open files, sockets and pipes (where there
 * is {@code /proc}), and child processes.
 *
 * {@snippet :
 * LeakCheck leaks = LeakCheck.before();
 * // … the test …
 * leaks.assertNoneLeaked();
 * }
 *
 * <p>It does not see virtual threads, which the JDK does not list; their files and sockets it does.
 * Threads and files that the JDK and JUnit keep for themselves are not counted, nor are selectors.
 *
 * <p>Thread safety: none. What other tests do at the same time is seen as well.
 */
public final class LeakCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");

  private static final Pattern KEPT_THREADS =
      Pattern.compile(
          "process reaper.*|Common-Cleaner|Cleaner-.*|ForkJoinPool.*|VirtualThread-.*|.*-Poller|MasterPoller|"
              + "Attach Listener|Signal Dispatcher|Notification Thread|Finalizer|"
              + "Reference Handler|JFR.*|junit-.*|surefire-.*|sluice-storage-.*");
  private static final Pattern KEPT_FILES =
      Pattern.compile(".*\\.jar|.*/lib/modules|/dev/u?random|anon_inode:.*|/proc/.*");

  private final Set<String> before;

  private LeakCheck(Set<String> before) {
    this.before = before;
  }

  /** Takes down what there is now. */
  public static LeakCheck before() {
    try {
      openWhatTheJdkKeeps();
      return new LeakCheck(survey());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits for up to thirty seconds until nothing is there that was not there before.
   *
   * @throws AssertionError if something is; it names all of it
   */
  public void assertNoneLeaked() throws InterruptedException {
    assertNoneLeaked(PATIENCE);
  }

  /** Waits likewise, for a time. */
  void assertNoneLeaked(Duration patience) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + patience.toNanos();
    Set<String> leaked = leaked();
    while (!leaked.isEmpty()) {
      if (System.nanoTime() > deadlineNanos) {
        throw new AssertionError("left behind: " + String.join("; ", leaked));
      }
      Thread.sleep(10);
      leaked = leaked();
    }
  }

  private Set<String> leaked() {
    try {
      Set<String> now = survey();
      now.removeAll(before);
      return now;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> survey() throws IOException {
    Set<String> found = new TreeSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.isAlive() && !KEPT_THREADS.matcher(thread.getName()).matches()) {
        found.add("thread " + thread.threadId() + " \"" + thread.getName() + "\"");
      }
    }
    addOpenFiles(found);
    ProcessHandle.current()
        .children()
        .filter(child -> !isZombie(child))
        .forEach(child -> found.add("process " + child.pid() + " " + child.info().command()));
    return found;
  }

  private static void addOpenFiles(Set<String> found) throws IOException {
    if (!Files.isDirectory(OPEN_FILES)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(OPEN_FILES)) {
      for (Path file : files) {
        try {
          String target = Files.readSymbolicLink(file).toString();
          if (!KEPT_FILES.matcher(target).matches()) {
            found.add("file " + file.getFileName() + " -> " + target);
          }
        } catch (NoSuchFileException e) {
          // Closed meanwhile.
        }
      }
    }
  }

  /** Ended, and only waiting for a parent that asks; where PID 1 does not reap, for ever. */
  private static boolean isZombie(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return stat.startsWith(") Z", stat.lastIndexOf(')'));
    } catch (IOException e) {
      return false;
    }
  }

  /** The first socket that is closed makes the JDK open a pair of its own, for good. */
  private static void openWhatTheJdkKeeps() throws IOException {
    var anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open().bind(anyPort);
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel accepted = server.accept()) {
      selector.selectNow();
      client.shutdownOutput();
      accepted.shutdownOutput();
    }
  }
}
