package dev.sluice.journal;

import org.jspecify.annotations.Nullable;

/** Which of a command's outputs bytes came from; journals of other sources use the first. */
public enum Kind {
  /** Standard output, and everything that has no kinds. */
  STDOUT("stdout", 0),
  /** Standard error. */
  STDERR("stderr", 1);

  private final String text;
  private final int code;

  Kind(String text, int code) {
    this.text = text;
    this.code = code;
  }

  /** As it is in files. */
  int code() {
    return code;
  }

  /** The kind of a code, or null if there is none. */
  static @Nullable Kind ofCode(int code) {
    return switch (code) {
      case 0 -> STDOUT;
      case 1 -> STDERR;
      default -> null;
    };
  }

  /** As it goes over the wire: {@code stdout}. */
  @Override
  public String toString() {
    return text;
  }
}
