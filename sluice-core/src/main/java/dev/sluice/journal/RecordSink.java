package dev.sluice.journal;

/** Takes records, or parts of them, in their order. */
@FunctionalInterface
public interface RecordSink {
  /**
   * Takes a record or a part of one.
   *
   * @param kind what it is
   * @param micros when it was appended, in microseconds since 1970
   * @param end position of the byte after it
   * @param bytes where it is; not to be changed, nor kept
   * @param offset index of its first byte
   * @param length how many bytes, at least 1
   */
  void accept(Kind kind, long micros, long end, byte[] bytes, int offset, int length);
}
