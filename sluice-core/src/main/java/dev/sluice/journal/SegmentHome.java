package dev.sluice.journal;

import java.io.IOException;

/** Where the segment files of a journal are made. */
interface SegmentHome {
  /** Makes an empty one. */
  SegmentFile create(long base) throws IOException;

  /** Whether one takes no more, and the next begins. */
  boolean isFull(SegmentFile file, long end);

  /** Whether what is written is made safe. */
  boolean safe();

  /** Makes the names of new ones safe, if they are not. */
  void sync() throws IOException;
}
