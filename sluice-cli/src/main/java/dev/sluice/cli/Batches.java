package dev.sluice.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An input in parts, each of which is appended whole. */
interface Batches {
  /**
   * One part.
   *
   * @param bytes of the append
   * @param count how much of the input that is, in bytes or lines
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Batch(byte[] bytes, int count) {}

  /**
   * The next one, or null after the last one; waits for it.
   *
   * @throws IOException if the input failed, after all that came before
   * @throws CliException if the input cannot be appended, after all that can
   */
  @Nullable Batch take() throws IOException, CliException, InterruptedException;
}
