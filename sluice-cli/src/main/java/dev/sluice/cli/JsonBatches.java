package dev.sluice.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lines of JSON, of which each is a message, as arrays. Empty lines are none. What is not JSON ends
 * the input; what came before it is a batch of its own.
 *
 * <p>Thread safety: none.
 */
final class JsonBatches implements Batches {
  private final InputBatches input;
  private final int lineBytesMax;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream array = new ByteArrayOutputStream();
  private long lines;
  private int count;
  private boolean ended;
  private @Nullable CliException fault;

  /**
   * Those of an input.
   *
   * @param lineBytesMax how long a line may be
   */
  JsonBatches(InputBatches input, int lineBytesMax) {
    this.input = input;
    this.lineBytesMax = lineBytesMax;
  }

  @Override
  public @Nullable Batch take() throws IOException, CliException, InterruptedException {
    while (fault == null && !ended && array.size() == 0) {
      Batch more = input.take();
      if (more == null) {
        ended = true;
        endInput();
      } else {
        add(more.bytes());
      }
    }
    if (array.size() > 0) {
      return remove();
    }
    if (fault != null) {
      throw fault;
    }
    return null;
  }

  private void add(byte[] bytes) {
    int begin = 0;
    for (int i = 0; i < bytes.length && fault == null; i++) {
      if (bytes[i] == '\n') {
        line.write(bytes, begin, i - begin);
        begin = i + 1;
        endLine();
      }
    }
    if (fault == null) {
      line.write(bytes, begin, bytes.length - begin);
      if (line.size() > lineBytesMax) {
        fail("is longer than %s; split it".formatted(Progress.size(lineBytesMax)));
      }
    }
  }

  /** A part of a line is no message, unless the input ends there. */
  private void endInput() {
    if (line.size() > 0 && !input.stopped()) {
      endLine();
    }
  }

  private void endLine() {
    byte[] text = strip(line.toByteArray());
    line.reset();
    if (text.length > 0) {
      String why = Json.fault(text);
      if (why != null) {
        fail("is not JSON: " + why);
        return;
      }
      array.write(array.size() == 0 ? '[' : ',');
      array.write(text, 0, text.length);
    }
    lines++;
    count++;
  }

  private void fail(String why) {
    fault =
        new CliException(
            ExitStatus.FAILED,
            "standard input: line %d %s; the lines before it are in".formatted(lines + 1, why));
  }

  private Batch remove() {
    array.write(']');
    var batch = new Batch(array.toByteArray(), count);
    array.reset();
    count = 0;
    return batch;
  }

  /** JSON has no other blanks. */
  private static byte[] strip(byte[] text) {
    String all = new String(text, StandardCharsets.ISO_8859_1);
    int end = text.length;
    while (end > 0 && " \t\r".indexOf(all.charAt(end - 1)) >= 0) {
      end--;
    }
    int begin = 0;
    while (begin < end && " \t\r".indexOf(all.charAt(begin)) >= 0) {
      begin++;
    }
    return Arrays.copyOfRange(text, begin, end);
  }
}
