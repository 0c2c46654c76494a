package dev.sluice.journal;

import dev.sluice.journal.SimDisk.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** An open file of a simulated disk, until the process ends. */
final class SimFile implements DiskFile {
  private static final int SENT_AT_ONCE = 8192;

  private final SimDisk disk;
  private final Path path;
  private final SimData data;
  private final int life;
  private boolean closed;

  SimFile(SimDisk disk, Path path, SimData data) {
    this.disk = disk;
    this.path = path;
    this.data = data;
    this.life = disk.life();
  }

  private void check(Fault fault) throws IOException {
    if (closed || life != disk.life()) {
      throw new IOException(path + " is closed");
    }
    disk.check(fault, path);
  }

  @Override
  public void write(ByteBuffer source, long position) throws IOException {
    boolean going = !disk.isStopped();
    try {
      check(Fault.WRITE);
    } catch (IOException e) {
      if (going) {
        writePart(source, position, disk.random().nextInt(source.remaining() + 1));
      }
      throw e;
    }
    long growth = Math.max(0, position + source.remaining() - data.size());
    long room = disk.room();
    if (growth > room) {
      writePart(source, position, (int) (source.remaining() - growth + room));
      throw new FileSystemException(path.toString(), null, "No space left on device");
    }
    data.write(source, position);
  }

  private void writePart(ByteBuffer source, long position, int length) {
    if (length > 0 && length < source.remaining() && !closed && life == disk.life()) {
      data.write(source.slice(source.position(), length), position);
    }
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    check(Fault.READ);
    return data.read(target, position);
  }

  @Override
  public long size() throws IOException {
    check(Fault.READ);
    return data.size();
  }

  @Override
  public void truncate(long size) throws IOException {
    check(Fault.TRUNCATE);
    data.truncate(size);
  }

  @Override
  public void force() throws IOException {
    try {
      check(Fault.FORCE);
    } catch (FileSystemException e) {
      data.failForce(disk.random());
      throw e;
    }
    data.force();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel channel)
      throws IOException {
    check(Fault.READ);
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, SENT_AT_ONCE));
    data.read(bytes, position);
    return channel.write(bytes.flip());
  }

  @Override
  public void close() {
    closed = true;
  }
}
