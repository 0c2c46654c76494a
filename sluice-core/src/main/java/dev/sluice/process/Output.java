package dev.sluice.process;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * What a command wrote, as far as it was there when it was read: at most 64 KiB, cut anywhere.
 *
 * @param kind which of the two it wrote to
 * @param time when it was read
 * @param bytes at least one; read-only. They belong to the reader, which overwrites them: they are
 *     valid until {@link OutputSink#accept} returns, and on its thread alone (another one gets
 *     {@link WrongThreadException}). What is to be kept is copied.
 */
public record Output(Kind kind, Instant time, ByteBuffer bytes) {

  /** The two outputs of a command. */
  public enum Kind {
    /** Standard output. */
    STDOUT,
    /** Standard error. */
    STDERR
  }

  /** A copy of the bytes, to keep. */
  public byte[] toByteArray() {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return copy;
  }
}
