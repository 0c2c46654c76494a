package dev.sluice.process;

/**
 * A line of {@code /proc/PID/stat}, as proc(5) describes it.
 *
 * @param id the process
 * @param command the name of its program, cut to 15 characters
 * @param state a letter; Z has ended and waits for its parent
 * @param startTicks when it was started, since the system was
 */
record ProcessStat(
    int id, String command, char state, int parent, int group, int session, long startTicks) {
  // Counted from the state, the first field after the name.
  private static final int STATE = 0;
  private static final int PARENT = 1;
  private static final int GROUP = 2;
  private static final int SESSION = 3;
  private static final int START = 19;

  /** Reads a line. The name, in parentheses, may itself have spaces and parentheses. */
  static ProcessStat parse(String line) {
    int nameStart = line.indexOf('(');
    int nameEnd = line.lastIndexOf(')');
    if (nameStart < 1 || nameEnd < nameStart) {
      throw new IllegalArgumentException("not a process's stat: \"" + line + "\"");
    }
    String[] fields = line.substring(nameEnd + 1).strip().split(" ", START + 2);
    return new ProcessStat(
        Integer.parseInt(line.substring(0, nameStart).strip()),
        line.substring(nameStart + 1, nameEnd),
        fields[STATE].charAt(0),
        Integer.parseInt(fields[PARENT]),
        Integer.parseInt(fields[GROUP]),
        Integer.parseInt(fields[SESSION]),
        Long.parseLong(fields[START]));
  }

  /** Whether it has not ended. Where nobody asks for them, the ended ones stay for ever. */
  boolean isAlive() {
    return state != 'Z' && state != 'X';
  }

  @Override
  public String toString() {
    return id + " (" + command + ")";
  }
}
