package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** What the viewers of a command get, all at once and each at its own speed. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class ViewersTest {
  private static final String IN_TWO_HALVES = "seq 1 100000; read go; seq 100001 200000";

  private static final String FIRST_HALF = numbersUpTo(100_000);
  private static final String ALL = numbersUpTo(200_000);

  @TempDir private Path directory;

  @Test
  void all_get_every_byte_in_time_from_the_first_on_whenever_they_come() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.runScript(IN_TWO_HALVES)) {
      URI url = sluice.awaitUrl();
      try (Viewer early = Viewer.of(url)) {
        assertEquals(FIRST_HALF, early.until("\n100000\n"), "while the command runs");
        try (Viewer late = Viewer.of(url)) {
          assertEquals(FIRST_HALF, late.until("\n100000\n"), "from its first byte");
          sluice.go();
          assertWhole(late);
        }
        assertWhole(early);
      }
      sluice.awaitCommandEnd();
      try (Viewer afterTheEnd = Viewer.of(url)) {
        assertWhole(afterTheEnd);
      }
    }
  }

  private static void assertWhole(Viewer viewer) throws IOException {
    assertEquals(ALL, viewer.wholeBody());
    assertEquals("0", viewer.exitStatus());
  }

  @Test
  void one_that_goes_disturbs_neither_the_command_nor_another_viewer() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.runScript(IN_TWO_HALVES)) {
      URI url = sluice.awaitUrl();
      try (Viewer stays = Viewer.of(url)) {
        Viewer goesWithMuchUnread = Viewer.of(url);
        Viewer goesWhileItWaits = Viewer.of(url);
        SseViewer goesInTheMiddle = SseViewer.of(url);
        goesWhileItWaits.until("\n100000\n");
        assertEquals("stdout", goesInTheMiddle.next().type());
        goesWithMuchUnread.reset();
        goesWhileItWaits.close();
        sluice.go();
        goesInTheMiddle.viewer().reset();
        assertWhole(stays);
      }
    }
  }

  /** It reads 1 KB for each turn of the fast one, which so gets a thousand times as much. */
  @Test
  void a_slow_one_holds_up_neither_the_command_nor_a_fast_one() throws Exception {
    int size = 20_000_000;
    try (SluiceProcess sluice =
        SluiceProcess.runScript("read go; head -c " + size + " /dev/zero | tr '\\0' x")) {
      URI url = sluice.awaitUrl();
      try (Viewer slow = Viewer.slow(url);
          Viewer fast = Viewer.of(url)) {
        sluice.go();
        assertEquals("x".repeat(1000), slow.read(1000));
        assertEquals(size, fast.wholeBody().length());
        assertEquals("0", fast.exitStatus());
        sluice.awaitCommandEnd();
        assertEquals("x".repeat(1000), slow.read(1000));
        assertEquals(size, slow.wholeBody().length());
        assertEquals("0", slow.exitStatus());
      }
    }
  }

  @Test
  void bytes_that_are_no_text_arrive_as_they_are() throws Exception {
    byte[] bytes = new byte[5_000_000];
    new Random(1).nextBytes(bytes);
    Path file = Files.write(directory.resolve("bytes"), bytes);
    try (SluiceProcess sluice = SluiceProcess.run("--", "cat", file.toString())) {
      URI url = sluice.awaitUrl();
      try (Viewer raw = Viewer.of(url)) {
        assertEquals(checksum(bytes), raw.checksum());
        assertEquals("0", raw.exitStatus());
      }
      try (SseViewer sse = SseViewer.of(url)) {
        var sum = new CRC32();
        sse.toEnd().stream()
            .filter(SseViewer.Event::isOutput)
            .forEach(event -> sum.update(event.bytes()));
        assertEquals(checksum(bytes), sum.getValue());
      }
    }
  }

  private static long checksum(byte[] bytes) {
    var sum = new CRC32();
    sum.update(bytes);
    return sum.getValue();
  }

  @Test
  void two_hundred_at_once_get_the_same() throws Exception {
    int count = 200;
    byte[] bytes = new byte[1_000_000];
    new Random(2).nextBytes(bytes);
    Path file = Files.write(directory.resolve("bytes"), bytes);
    try (SluiceProcess sluice =
            SluiceProcess.run("--", "sh", "-c", "read go; cat \"$0\"", file.toString());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      URI url = sluice.awaitUrl();
      var connected = new CountDownLatch(count);
      Callable<Long> look =
          () -> {
            try (Viewer viewer = Viewer.of(url)) {
              connected.countDown();
              long sum = viewer.checksum();
              assertEquals("0", viewer.exitStatus());
              return sum;
            }
          };
      List<Future<Long>> sums = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sums.add(threads.submit(look));
      }
      connected.await();
      sluice.go();
      List<Long> all = new ArrayList<>();
      for (Future<Long> sum : sums) {
        all.add(sum.get());
      }
      assertEquals(Collections.nCopies(count, checksum(bytes)), all);
    }
  }

  /** As if the terminal was stopped by Ctrl-S, or its window was gone for a while. */
  @Test
  void they_get_everything_though_nobody_reads_standard_output() throws Exception {
    try (SluiceProcess sluice =
        SluiceProcess.start("run", "--listen", "0", "--", "seq", "1", "1000000")) {
      URI url = sluice.awaitUrl();
      try (Viewer viewer = Viewer.of(url)) {
        assertTrue(viewer.wholeBody().endsWith("\n999999\n1000000\n"));
        assertEquals("0", viewer.exitStatus());
      }
      sluice.signal("TERM");
      assertEquals(0, sluice.awaitStatus(), "it ends though much was never shown");
    }
  }

  @Test
  void a_silent_command_has_a_head_at_once_and_an_end() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.runScript("read go");
        Viewer viewer = Viewer.of(sluice.awaitUrl())) {
      sluice.go();
      assertEquals("", viewer.wholeBody());
      assertEquals("0", viewer.exitStatus());
    }
  }

  private static String numbersUpTo(int last) {
    return IntStream.rangeClosed(1, last)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
