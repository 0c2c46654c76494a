package dev.sluice.streams;

import dev.sluice.journal.Journal;
import java.util.List;

/**
 * Entity tags of what is read of streams (RFC 9110 section 8.8.3, Durable Streams section 10.1):
 * which journal, from where to where, and whether that was its end; pure.
 */
final class EntityTag {
  private EntityTag() {}

  /** The tag, in quotes. */
  static String of(Journal journal, long from, long to, boolean closed) {
    return "\"" + journal.id() + ":" + from + ":" + to + (closed ? ":c\"" : "\"");
  }

  /** Whether a client has it already, as it says in {@code If-None-Match}; weakly compared. */
  static boolean matches(String tag, List<String> ifNoneMatch) {
    for (String field : ifNoneMatch) {
      for (String one : field.split(",", -1)) { // no tag of ours has a comma
        String given = one.strip();
        if (given.equals("*") || given.equals(tag) || given.equals("W/" + tag)) {
          return true;
        }
      }
    }
    return false;
  }
}
