package dev.sluice.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/**
 * Where the data of a stream goes: standard output.
 *
 * <p>Thread safety: none.
 */
final class Destination {
  private final OutputStream out;
  private final Progress progress;

  Destination(OutputStream out, Progress progress) {
    this.out = out;
    this.progress = progress;
  }

  /**
   * Writes bytes.
   *
   * @param offset from where they are to be had again if that fails
   */
  void write(byte[] bytes, int from, int count, String offset) throws CliException, OutputClosed {
    try {
      out.write(bytes, from, count);
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe")) {
        throw new OutputClosed(e);
      }
      throw new CliException(
          ExitStatus.FAILED,
          "standard output: %s; the rest is there with --from %s".formatted(e.getMessage(), offset),
          e);
    }
    progress.add(count);
  }
}
