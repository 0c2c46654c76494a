package dev.sluice.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A temporary file that stays open until it is disposed of and nobody uses it any more.
 *
 * <p>Thread safety: all methods.
 */
final class UnnamedFile {
  private final DiskFile file;
  private int uses = 1;

  UnnamedFile(DiskFile file) {
    this.file = file;
  }

  /** To be closed by its user. */
  synchronized DiskFile use() throws IOException {
    if (uses == 0) {
      throw new DroppedException("a temporary file");
    }
    uses++;
    return new Use();
  }

  /** Called once, when it is not kept any more. */
  void dispose() {
    try {
      release();
    } catch (IOException e) {
      System.getLogger("dev.sluice.journal")
          .log(System.Logger.Level.WARNING, "a temporary file: {0}", e.getMessage());
    }
  }

  private synchronized void release() throws IOException {
    uses--;
    if (uses == 0) {
      file.close();
    }
  }

  private final class Use implements DiskFile {
    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      file.write(source, position);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public void force() throws IOException {
      file.force();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel channel)
        throws IOException {
      return file.transferTo(position, count, channel);
    }

    @Override
    public void close() throws IOException {
      release();
    }
  }
}
