package dev.sluice.process;

import java.io.IOException;

/** Takes a command's output as it comes. */
@FunctionalInterface
public interface OutputSink {

  /**
   * Takes what was read. It is called in the order of arrival, by one platform thread, never twice
   * at once, and has all of it when {@link Command#awaitOutput} returns.
   *
   * <p>It may be slow: meanwhile nothing is read, the command's pipe fills up, and the command
   * waits. It may call the methods of the command, but not {@code awaitOutput}, which waits for it.
   *
   * @param output valid until this returns; see {@link Output#bytes}
   * @throws IOException if it can take no more. The command then finds its outputs closed, as one
   *     does whose reader in a shell's pipeline has gone, and {@code awaitOutput} throws. So do
   *     unchecked exceptions.
   */
  void accept(Output output) throws IOException;
}
