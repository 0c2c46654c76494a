package dev.sluice.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data directory with all its threads, and small logs, so that they get into each other's way.
 */
@Timeout(180)
final class DataDirectoryThreadsTest {
  private static final DataTuning SMALL = new DataTuning(256 * 1024, Duration.ofMillis(20), true);
  private static final int ROUNDS = 150;
  private static final byte[] MEBIBYTE = new byte[1024 * 1024];

  @TempDir private Path root;

  private DataDirectory open() throws IOException {
    return DataDirectory.open(root, JournalLimits.defaults(), SMALL, new SystemDisk());
  }

  private static Journal journal(DataDirectory data, String name) throws IOException {
    return data.open(name, JournalOptions.defaults()).journal();
  }

  private static Append text(String text) {
    return Append.of(text.getBytes(UTF_8));
  }

  @Test
  void it_closes_while_many_append() throws Exception {
    long acknowledged;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      DataDirectory data = open();
      Journal journal = journal(data, "busy");
      var started = new CountDownLatch(64);
      List<Future<Long>> writers = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        writers.add(threads.submit(() -> appendUntilClosed(journal, started)));
      }
      started.await();
      data.close();
      acknowledged = 0;
      for (Future<Long> writer : writers) {
        acknowledged += writer.get();
      }
    }
    try (DataDirectory data = open()) {
      assertEquals(acknowledged, journal(data, "busy").tail().position());
    }
  }

  private static long appendUntilClosed(Journal journal, CountDownLatch started) {
    long bytes = 0;
    try {
      for (int i = 0; i < 50; i++) {
        started.countDown();
        assertInstanceOf(AppendResult.Appended.class, journal.append(Append.of(MEBIBYTE)));
        bytes += MEBIBYTE.length;
      }
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("closed"), e::getMessage);
    }
    return bytes;
  }

  /** What it does now and then, it here does all the time, and so also at the moment of the end. */
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // it would not hear an interrupt
  @Test
  void it_closes_whatever_is_to_be_done_in_turn_at_that_moment() throws Exception {
    var restless = new DataTuning(256 * 1024, Duration.ofNanos(1), true);
    for (int round = 0; round < ROUNDS; round++) {
      JournalLimits limits = JournalLimits.defaults();
      DataDirectory.open(root, limits, restless, new SystemDisk()).close();
    }
  }

  @Test
  void journals_expire_while_others_are_appended_to() throws Exception {
    var soon = JournalOptions.defaults().withExpiry(new Expiry.At(Instant.now().plusMillis(100)));
    try (DataDirectory data = open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        var _ = data.open("soon-" + i, soon);
      }
      Journal busy = journal(data, "busy");
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        writers.add(
            threads.submit(() -> {
              for (int n = 0; n < 200; n++) {
                busy.append(Append.of(new byte[64 * 1024]));
              }
              return null;
            }));
      }
      for (Future<?> writer : writers) {
        writer.get(150, TimeUnit.SECONDS);
      }
      assertEquals(4L * 200 * 64 * 1024, busy.tail().position());
      while (data.names().size() > 1) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }
  }

  @Test
  void an_idle_directory_has_no_log() throws Exception {
    // Without rounds, each of which moves what is in a log.
    var tuning = new DataTuning(256 * 1024, Duration.ofDays(1), true);
    JournalLimits limits = JournalLimits.defaults();
    try (DataDirectory data = DataDirectory.open(root, limits, tuning, new SystemDisk())) {
      data.checkpoint();
      assertEquals(List.of(), logs());
      journal(data, "a").append(text("a"));
      assertEquals(1, logs().size());
      data.checkpoint();
      assertEquals(List.of(), logs());
    }
    open().close();
    assertEquals(List.of(), logs());
  }

  private List<String> logs() throws IOException {
    return new SystemDisk().list(root.resolve("log"));
  }

  @Test
  void an_expiry_beyond_all_times_is_none() throws Exception {
    var never =
        JournalOptions.defaults()
            .withExpiry(new Expiry.Unused(Duration.ofSeconds(Long.MAX_VALUE)))
            .withRetention(new Retention(1, Duration.ofSeconds(Long.MAX_VALUE)));
    try (DataDirectory data = open()) {
      Journal journal = data.open("kept", never).journal();
      for (int i = 0; i < 10; i++) {
        journal.append(Append.of(MEBIBYTE));
      }
      assertEquals(List.of("kept"), data.names());
      data.checkpoint();
    }
  }

  @Test
  void a_watcher_that_fails_harms_nobody() throws Exception {
    try (DataDirectory data = open()) {
      Journal journal = journal(data, "watched");
      var told = new CountDownLatch(1);
      Runnable undo =
          journal.watch(() -> {
            throw new IllegalStateException("a test");
          });
      var _ = journal.watch(told::countDown);
      assertInstanceOf(AppendResult.Appended.class, journal.append(text("a")));
      told.await();
      undo.run();
      assertInstanceOf(AppendResult.Appended.class, journal.append(text("b")));
    }
  }

  @Test
  void a_watcher_that_appends_is_refused() throws Exception {
    try (DataDirectory data = open()) {
      Journal journal = journal(data, "watched");
      List<Throwable> refused = new ArrayList<>();
      var _ =
          journal.watch(() -> {
            try {
              journal.append(text("again"));
            } catch (IOException | IllegalStateException e) {
              refused.add(e);
            }
          });
      journal.append(text("once"));
      assertInstanceOf(IllegalStateException.class, refused.getFirst());
      assertEquals(4, journal.tail().position());
    }
  }

  @Test
  void what_cannot_be_kept_is_refused_before_it_harms_others() {
    assertThrows(
        IllegalArgumentException.class, () -> Append.of(Kind.STDOUT, Instant.MAX, MEBIBYTE, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Ending(1, "X".repeat(300)));
    assertThrows(IllegalArgumentException.class, () -> new Ending(1, ""));
  }

  @Test
  void a_second_close_waits_for_the_first_and_nothing_is_done_behind_it() throws Exception {
    DataDirectory data = open();
    Journal journal = journal(data, "a");
    journal.append(Append.of(MEBIBYTE));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> closings = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        closings.add(
            threads.submit(() -> {
              data.close();
              return null;
            }));
      }
      for (Future<?> closing : closings) {
        closing.get();
      }
    }
    try (DataDirectory next = open()) {
      assertThrows(IOException.class, () -> journal.append(text("late")));
      assertThrows(IOException.class, () -> data.find("a"));
      assertThrows(IOException.class, () -> data.open("b", JournalOptions.defaults()));
      assertThrows(IOException.class, () -> data.delete(journal));
      assertEquals(MEBIBYTE.length, journal(next, "a").tail().position());
      assertEquals(List.of("a"), next.names());
    }
  }
}
