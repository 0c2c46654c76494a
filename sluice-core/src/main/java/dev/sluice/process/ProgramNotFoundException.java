package dev.sluice.process;

import java.io.IOException;
import java.io.Serial;

/** There is no such program; a shell's status for it is 127. */
public final class ProgramNotFoundException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final String program;

  ProgramNotFoundException(String program, String why) {
    super(program + ": " + why);
    this.program = program;
  }

  /** The program, as it was asked for. */
  public String program() {
    return program;
  }
}
