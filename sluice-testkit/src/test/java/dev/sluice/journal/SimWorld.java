package dev.sluice.journal;

import dev.sluice.journal.SimDisk.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What all parts of a history share: the disk, the data directory on it, and the model. */
final class SimWorld {
  static final Path ROOT = Path.of("data");

  final Random random;
  final SimDisk disk;
  final Map<String, SimSlot> slots = new TreeMap<>();

  /** Where each journal that was ever seen comes from, by its identity. */
  final Map<String, Optional<Origin>> origins = new HashMap<>();

  private final List<String> story;
  DataDirectory data;
  boolean faulty;
  boolean full;

  /** Whether a force may have failed, after which appends fail. */
  boolean maybeBroken;

  /** Whether one has. */
  boolean broken;

  SimWorld(long seed, List<String> story) throws IOException {
    this.random = new Random(seed);
    this.disk = new SimDisk(ROOT, random);
    this.story = story;
    this.data = openData();
  }

  void tell(String line) {
    story.add(line);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  DataDirectory openData() throws IOException {
    var tuning = new DataTuning(one(List.of(500L, 5000L, 1L << 20)), Duration.ofDays(1), false);
    return DataDirectory.open(ROOT, JournalLimits.defaults(), tuning, disk);
  }

  void fails(boolean yes) {
    faulty = yes;
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    if (yes) {
      for (Fault fault : Fault.values()) {
        if (chance(0.3)) {
          faults.add(fault);
        }
      }
    }
    tell("fails: %s".formatted(faults));
    disk.failNowAndThen(faults, one(List.of(0.05, 0.3, 1.0)));
  }

  /** The power will fail soon. */
  void stops() {
    int changes = 1 + random.nextInt(40);
    tell("the power will fail in %d changes".formatted(changes));
    disk.stopIn(changes);
  }

  void fills(boolean yes) {
    full = yes;
    long room = random.nextInt(one(List.of(10, 1000, 200_000)));
    tell(yes ? "the disk has %d bytes left".formatted(room) : "the disk has room");
    disk.bytesMax(yes ? disk.bytes() + room : Long.MAX_VALUE);
  }

  /** Whether what failed may have failed. */
  void excuse(IOException e) {
    tell("  %s".formatted(e));
    broken |= e instanceof StorageFailedException;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof RuntimeException) {
        throw new AssertionError("a fault of ours", e);
      }
    }
    boolean excused =
        switch (e) {
          case StorageFailedException _ -> maybeBroken || disk.isStopped();
          case DiskFullException _ -> full;
          default -> faulty || full || maybeBroken || disk.isStopped();
        };
    if (!excused) {
      throw new AssertionError("it had no reason to fail", e);
    }
  }

  List<String> present() {
    return slots.keySet().stream().filter(name -> slots.get(name).journal() != null).toList();
  }

  /** Names that are gone: of journals that others descend from which are there. */
  Set<String> gone() {
    Set<String> present = new HashSet<>();
    for (SimSlot slot : slots.values()) {
      if (slot.journal() != null) {
        present.add(slot.journal().id());
      }
    }
    Set<String> gone = new TreeSet<>();
    for (String id : present) {
      Origin origin = origin(id);
      while (origin != null && !present.contains(origin.id())) {
        gone.add(origin.name());
        origin = origin(origin.id());
      }
    }
    return gone;
  }

  private @Nullable Origin origin(String id) {
    return origins.getOrDefault(id, Optional.empty()).orElse(null);
  }

  void checkGone() throws IOException {
    if (disk.isStopped() || faulty) {
      return;
    }
    Set<String> expected = gone();
    for (String name : Simulation.NAMES) {
      try {
        if (data.isGone(name) != expected.contains(name)) {
          throw new AssertionError(name + " is gone or not; should be: " + expected);
        }
      } catch (IOException e) {
        excuse(e);
      }
    }
  }

  void checkpoints() throws IOException {
    tell("checkpoint");
    maybeBroken |= faulty;
    try {
      data.checkpoint();
      settled();
    } catch (IOException e) {
      excuse(e);
    }
  }

  /** What went well has made everything safe. */
  void settled() {
    if (!maybeBroken && !disk.isStopped()) {
      slots.values().stream()
          .filter(slot -> slot.journal() != null)
          .forEach(slot -> slot.model().safe());
    }
  }

  static void expect(AppendResult result, AppendResult expected) {
    if (!result.equals(expected)) {
      throw new AssertionError(result + " instead of " + expected);
    }
  }
}
