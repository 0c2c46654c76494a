package dev.sluice.process;

/** What can be sent to a command while it is to live on, or may. {@link Command#end} ends it. */
public enum GroupSignal {
  /** The terminal has gone; many servers read their configuration again. */
  HUP(1),
  /** Ctrl-C. */
  INT(2),
  /** Please end. */
  TERM(15);

  private final int number;

  GroupSignal(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
