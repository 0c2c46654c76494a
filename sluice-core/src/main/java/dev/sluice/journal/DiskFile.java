package dev.sluice.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** An open file of a {@link Disk}. To be used on storage threads, one at a time. */
interface DiskFile extends Closeable {
  /** Writes all of a buffer; if that fails, a part of it may be written. */
  void write(ByteBuffer source, long position) throws IOException;

  /** Reads until the buffer is full or the file ends; returns how many bytes came. */
  int read(ByteBuffer target, long position) throws IOException;

  /** How many bytes it has. */
  long size() throws IOException;

  /** Cuts it. */
  void truncate(long size) throws IOException;

  /** Makes what was written, and the size, safe. After a failure nobody knows what is. */
  void force() throws IOException;

  /** Sends bytes to a channel; returns how many it took. */
  long transferTo(long position, long count, WritableByteChannel channel) throws IOException;
}
