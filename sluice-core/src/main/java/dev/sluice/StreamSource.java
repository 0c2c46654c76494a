package dev.sluice;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads an input stream, which is opened when the reading begins. */
final class StreamSource implements PumpSource {

  /** Opens the stream. */
  @FunctionalInterface
  interface Opener {
    InputStream open() throws IOException;
  }

  private final Opener opener;
  private volatile InputStream in = InputStream.nullInputStream();
  private volatile boolean closed;

  StreamSource(Opener opener) {
    this.opener = opener;
  }

  @Override
  public void open() throws IOException {
    in = opener.open();
    if (closed) {
      in.close();
    }
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    int count =
        in.read(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
    if (count > 0) {
      buffer.position(buffer.position() + count);
    }
    return count;
  }

  /** An InflaterInputStream always says 1, also when its next read will wait. */
  @Override
  public boolean more() throws IOException {
    return in.available() > 1;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    in.close();
  }
}
