package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Thousands of histories of a data directory on a disk that fails. One that ends badly is told; it
 * is replayed with {@code -Dsluice.simulation.seed=SEED}, and {@code -Dsluice.simulation.count=N}
 * runs others than usual.
 */
final class SimulationTest {
  private static final int TOLD = 80;

  private static void run(long seed) {
    List<String> story = new ArrayList<>();
    try (var log = new JournalLog(line -> story.add("  logged: " + line))) {
      StorageThreads.call(() -> runHere(seed, story));
      List<String> alarms =
          log.lines().stream()
              .filter(line -> line.contains("damaged") || line.contains("are lost"))
              .toList();
      assertEquals(List.of(), alarms);
    } catch (Throwable e) {
      List<String> end = story.subList(Math.max(0, story.size() - TOLD), story.size());
      fail("seed %d: %s%n%s".formatted(seed, e, String.join("\n", end)), e);
    }
  }

  private static boolean runHere(long seed, List<String> story) {
    try {
      Simulation.run(seed, story);
      return true;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatever_fails_nothing_that_was_acknowledged_is_lost_or_there_twice() {
    Long replayed = Long.getLong("sluice.simulation.seed");
    if (replayed != null) {
      run(replayed);
      return;
    }
    long count = Long.getLong("sluice.simulation.count", 1500);
    for (long seed = 1; seed <= count; seed++) {
      run(seed);
    }
  }
}
