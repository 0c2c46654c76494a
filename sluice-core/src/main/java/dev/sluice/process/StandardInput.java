package dev.sluice.process;

/** What a command has as its standard input. */
public enum StandardInput {
  /** That of this JVM. On a terminal it is shared with everyone who reads it. */
  INHERIT,
  /** Nothing: it is at its end from the start. */
  NULL,
  /** What is written to {@link Command#input}. */
  PIPE
}
