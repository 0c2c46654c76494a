package dev.sluice;

import java.io.Serial;

/** The response was used after {@link Response#hijack} had handed its connection over. */
public final class HijackedException extends IllegalStateException {
  @Serial private static final long serialVersionUID = 1L;

  /** Makes an exception that says what was called. */
  public HijackedException(String call) {
    super(call + " after hijack: the connection belongs to who hijacked it");
  }
}
