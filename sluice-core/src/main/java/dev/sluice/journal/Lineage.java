package dev.sluice.journal;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which journals of a {@link MemoryStore} are forks of which; and the names of those that were
 * deleted although some are left that descend from them.
 *
 * <p>Thread: one at a time, by the store's lock.
 */
final class Lineage {
  /** A journal that is a fork or has some, as long as any of these is left. */
  private static final class Node {
    final String name;
    @Nullable Node source;
    int forks;

    Node(Journal journal) {
      this.name = journal.name();
    }
  }

  private final Map<Journal, Node> present = new HashMap<>();
  private final Map<String, Node> gone = new HashMap<>();

  void forked(Journal fork, Journal source) {
    Node from = present.computeIfAbsent(source, Node::new);
    present.computeIfAbsent(fork, Node::new).source = from;
    from.forks++;
  }

  /** A journal was deleted: its name is gone or free, and so are those that it has held. */
  void deleted(Journal journal) {
    Node node = present.remove(journal);
    if (node != null && node.forks > 0) {
      gone.put(node.name, node);
    } else if (node != null) {
      release(node.source);
    }
  }

  private void release(@Nullable Node source) {
    for (Node node = source; node != null; node = node.source) {
      node.forks--;
      if (node.forks > 0 || !gone.remove(node.name, node)) {
        return;
      }
    }
  }

  boolean isGone(String name) {
    return gone.containsKey(name);
  }

  int goneCount() {
    return gone.size();
  }
}
