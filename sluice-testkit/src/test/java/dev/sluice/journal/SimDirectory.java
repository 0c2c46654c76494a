package dev.sluice.journal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The names in a simulated directory: what processes see, and what the disk has. */
final class SimDirectory {
  private final Map<String, Object> seen = new TreeMap<>();
  private final Map<String, Object> safe = new TreeMap<>();
  private final List<Map<String, @Nullable Object>> pending = new ArrayList<>();

  /** A directory or the data of a file; null if there is none of that name. */
  @Nullable Object get(String name) {
    return seen.get(name);
  }

  Map<String, Object> entries() {
    return Collections.unmodifiableMap(seen);
  }

  void put(String name, @Nullable Object node) {
    Map<String, @Nullable Object> change = new HashMap<>();
    change.put(name, node);
    change(change);
  }

  /** Both happen or none. */
  void rename(String from, String to) {
    Map<String, @Nullable Object> change = new HashMap<>();
    change.put(to, seen.get(from));
    change.put(from, null);
    change(change);
  }

  private void change(Map<String, @Nullable Object> change) {
    pending.add(change);
    apply(change, seen);
  }

  private static void apply(Map<String, @Nullable Object> change, Map<String, Object> entries) {
    change.forEach((name, node) -> {
      if (node == null) {
        entries.remove(name);
      } else {
        entries.put(name, node);
      }
    });
  }

  void sync() {
    pending.clear();
    safe.clear();
    safe.putAll(seen);
  }

  /**
   * The disk has some of the changes: those up to one of them; or any, but none without those of
   * the same names before it.
   */
  void crash(Random random, double probability) {
    boolean ordered = random.nextBoolean();
    Set<String> lost = new HashSet<>();
    for (Map<String, @Nullable Object> change : pending) {
      boolean kept = random.nextDouble() < probability;
      if (kept && Collections.disjoint(lost, change.keySet())) {
        apply(change, safe);
      } else if (ordered) {
        break;
      } else {
        lost.addAll(change.keySet());
      }
    }
    seen.clear();
    seen.putAll(safe);
    pending.clear();
  }
}
