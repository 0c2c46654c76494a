package dev.sluice.server;

import dev.sluice.journal.Journal;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.Map;

/**
 * The viewers of one event loop, by journal.
 *
 * <p>Thread: the loop's.
 */
final class ViewerGroups {
  private final EventLoop loop;
  private final Map<Journal, JournalViewers> groups = new HashMap<>();

  ViewerGroups(EventLoop loop) {
    this.loop = loop;
  }

  JournalViewers of(Journal journal) {
    return groups.computeIfAbsent(journal, followed -> new JournalViewers(followed, loop));
  }

  /** Lets go of a group that nobody is left in. */
  void release(JournalViewers group) {
    if (group.isEmpty()) {
      groups.remove(group.journal());
      group.close();
    }
  }
}
