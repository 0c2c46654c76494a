package dev.sluice.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A name: which journals may be there on the disk, and which is there for this process. */
final class SimSlot {
  private final List<JournalModel> candidates = new ArrayList<>();
  private boolean mayBeGone;
  private @Nullable Journal journal;

  @Nullable Journal journal() {
    return journal;
  }

  /** What the journal must hold. */
  JournalModel model() {
    return candidates.getFirst();
  }

  /** This one is there, and no other. */
  void found(Journal one, JournalModel model) {
    model.found(one);
    candidates.clear();
    candidates.add(model);
    mayBeGone = false;
    journal = one;
  }

  /** It was to be created, and may be there after a restart. */
  void doubt(JournalModel model) {
    candidates.add(model);
    mayBeGone |= candidates.size() == 1;
  }

  /** It was to be deleted, and may be gone. */
  void mayBeGone() {
    mayBeGone = true;
  }

  /** It is gone for this process. */
  void hidden() {
    mayBeGone = true;
    journal = null;
  }

  boolean mustBeThere() {
    return !candidates.isEmpty() && !mayBeGone;
  }

  /** The model of what was found. */
  JournalModel of(Journal one) {
    for (JournalModel candidate : candidates) {
      String id = candidate.id();
      boolean fits =
          candidate.tail() == one.tail().position()
              && candidate.options().equals(one.options())
              && Objects.equals(candidate.origin(), one.origin());
      if (id == null ? fits : id.equals(one.id())) {
        return candidate;
      }
    }
    throw new AssertionError(one + " is none of those that may be there");
  }
}
