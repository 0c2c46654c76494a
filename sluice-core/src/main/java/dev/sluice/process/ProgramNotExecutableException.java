package dev.sluice.process;

import java.io.IOException;
import java.io.Serial;

/** What was found under that name cannot be executed; a shell's status for it is 126. */
public final class ProgramNotExecutableException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final String program;

  ProgramNotExecutableException(String program, String why) {
    super(program + ": " + why);
    this.program = program;
  }

  /** The program, as it was asked for. */
  public String program() {
    return program;
  }
}
