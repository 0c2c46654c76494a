package dev.sluice.journal;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far each producer of a journal has come.
 *
 * <p>Thread: the one that appends.
 */
final class Producers {
  /** How far one has come. */
  record Progress(long epoch, long sequence) {}

  private final Map<String, Progress> byId = new HashMap<>(0);

  /** Where an append stands to what has come before, or null if it is the next. */
  @Nullable AppendResult check(ProducerSequence next, long tail) {
    Progress last = byId.get(next.id());
    if (last == null || next.epoch() > last.epoch()) {
      return next.sequence() == 0
          ? null
          : new AppendResult.SequenceGap(0, next.sequence(), last != null);
    }
    if (next.epoch() < last.epoch()) {
      return new AppendResult.StaleEpoch(last.epoch());
    }
    if (next.sequence() <= last.sequence()) {
      return new AppendResult.Duplicate(new Offset(tail), last.sequence());
    }
    return next.sequence() == last.sequence() + 1
        ? null
        : new AppendResult.SequenceGap(last.sequence() + 1, next.sequence(), false);
  }

  boolean knows(String id) {
    return byId.containsKey(id);
  }

  int count() {
    return byId.size();
  }

  @Nullable Progress get(String id) {
    return byId.get(id);
  }

  /** Takes note; null forgets. */
  void put(String id, @Nullable Progress progress) {
    if (progress == null) {
      byId.remove(id);
    } else {
      byId.put(id, progress);
    }
  }

  /** Takes note, unless it has come further already. */
  void advance(ProducerSequence done) {
    Progress last = byId.get(done.id());
    boolean further =
        last == null
            || done.epoch() > last.epoch()
            || (done.epoch() == last.epoch() && done.sequence() > last.sequence());
    if (further) {
      byId.put(done.id(), new Progress(done.epoch(), done.sequence()));
    }
  }

  /** All of them, sorted. */
  Map<String, Progress> all() {
    return new TreeMap<>(byId);
  }
}
