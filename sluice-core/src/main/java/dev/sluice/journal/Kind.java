package dev.sluice.journal;

/** Which of a command's outputs bytes came from; journals of other sources use the first. */
public enum Kind {
  /** Standard output, and everything that has no kinds. */
  STDOUT("stdout"),
  /** Standard error. */
  STDERR("stderr");

  private final String text;

  Kind(String text) {
    this.text = text;
  }

  /** As it goes over the wire: {@code stdout}. */
  @Override
  public String toString() {
    return text;
  }
}
