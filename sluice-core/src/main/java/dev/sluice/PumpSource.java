package dev.sluice;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where a pump reads.
 *
 * <p>Thread safety: one thread opens and reads; {@link #close} and {@link #cancel} may come from
 * any other, and wake it where the JDK allows.
 */
interface PumpSource {

  /** Called once, before the first read, by the thread that reads. */
  default void open() throws IOException {}

  /**
   * Waits until there are bytes, and takes all that are there and fit.
   *
   * @return how many; -1 at the end
   */
  int read(ByteBuffer buffer) throws IOException;

  /** Whether a read would find bytes without waiting; false when in doubt, which costs a flush. */
  boolean more() throws IOException;

  /** Lets go of the source. Idempotent. */
  void close() throws IOException;

  /** Lets go of a source that was not read to its end. Idempotent; it may block. */
  default void cancel() throws IOException {
    close();
  }

  /** Whether a read parks a virtual thread, rather than the thread that carries it. */
  default boolean parks() {
    return false;
  }
}
