package dev.sluice;

import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Reads characters as UTF-8. Half a surrogate pair at the end of a read waits for the next. */
final class ReaderSource implements PumpSource {
  private final Reader reader;
  private final CharsetEncoder encoder =
      StandardCharsets.UTF_8
          .newEncoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  /** Full enough for a pump's buffer, where a character takes up to three bytes. */
  private final CharBuffer chars = CharBuffer.allocate(16 * 1024);

  private boolean ended;

  ReaderSource(Reader reader) {
    this.reader = reader;
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    int before = buffer.position();
    while (buffer.position() == before) {
      if (ended) {
        return -1;
      }
      int count = reader.read(chars.array(), chars.position(), chars.remaining());
      ended = count < 0;
      chars.position(chars.position() + Math.max(count, 0)).flip();
      encoder.encode(chars, buffer, ended);
      chars.compact();
    }
    return buffer.position() - before;
  }

  /** {@link Reader#ready} may be wrong over a stream that decompresses. */
  @Override
  public boolean more() {
    return false;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
