package dev.sluice.process;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All processes that come from one command: those of its group and session, those that have its
 * cookie in their environment, and all descendants of these.
 *
 * <p>A process that left the session, lost its parent <i>and</i> was started without the
 * environment is not found. The alternative, PR_SET_CHILD_SUBREAPER, is a property of the whole
 * JVM, and would give it the orphans of every other library's processes to reap.
 *
 * <p>Thread safety: all methods.
 */
final class Family {
  /** Inside another one's command the variable has the cookies of both, so that both find it. */
  static final String VARIABLE = "SLUICE_COMMAND_ID";

  private static final int LOOKS = 2;

  private final Leader leader;
  private final String cookie;
  private final long startTicks;

  /** Of a command whose leader was started and has not been reaped. */
  Family(Leader leader, String cookie) {
    this.leader = leader;
    this.cookie = cookie;
    ProcessStat stat = ProcessTable.stat(leader.id());
    this.startTicks = stat == null ? 0 : stat.startTicks();
  }

  /** The value of {@link #VARIABLE} for a command. */
  static String variable(String cookie, @Nullable String outer) {
    return outer == null ? cookie : outer + ":" + cookie;
  }

  /** Those that have not ended; none once the leader is reaped, whose number may be another's. */
  List<ProcessStat> living() {
    List<ProcessStat> all = ProcessTable.all();
    Set<Integer> members = new HashSet<>();
    for (ProcessStat process : all) {
      if (process.group() == leader.id()
          || process.session() == leader.id()
          || hasCookie(process)) {
        members.add(process.id());
      }
    }
    boolean grown = true;
    while (grown) {
      grown = false;
      for (ProcessStat process : all) {
        grown |= members.contains(process.parent()) && members.add(process.id());
      }
    }
    if (leader.isReaped()) {
      return List.of();
    }
    return all.stream()
        .filter(process -> members.contains(process.id()) && process.isAlive())
        .toList();
  }

  /**
   * Whether nothing is left. One look is not enough: between the list and the look at a process in
   * it, that may have made another one and ended.
   */
  boolean isGone() {
    return Stream.generate(this::living).limit(LOOKS).allMatch(List::isEmpty);
  }

  /** Older processes need not be asked: whoever has the cookie was started after the leader. */
  private boolean hasCookie(ProcessStat process) {
    return process.startTicks() >= startTicks
        && process.isAlive()
        && ProcessTable.environment(process).contains(cookie);
  }
}
