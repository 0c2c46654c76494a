package dev.sluice;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** A source that says what the test feeds it, one piece per read, and is silent in between. */
final class FeedStream extends InputStream {
  private sealed interface Event {
    record Piece(String text) implements Event {}

    record End() implements Event {}

    record Failure(IOException failure) implements Event {}
  }

  final CountDownLatch closed = new CountDownLatch(1);
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile Thread reader;

  FeedStream feed(String text) {
    events.add(new Event.Piece(text));
    return this;
  }

  FeedStream end() {
    events.add(new Event.End());
    return this;
  }

  FeedStream fail(IOException failure) {
    events.add(new Event.Failure(failure));
    return this;
  }

  Thread reader() {
    return reader;
  }

  @Override
  public int available() {
    return events.peek() instanceof Event.Piece(String text) ? text.length() : 0;
  }

  @Override
  public int read() {
    throw new UnsupportedOperationException("a pump reads pieces");
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    reader = Thread.currentThread();
    try {
      switch (events.take()) {
        case Event.Piece(String text) -> {
          byte[] piece = text.getBytes(StandardCharsets.UTF_8);
          if (piece.length > length) {
            throw new IllegalArgumentException("pieces of at most " + length + " bytes");
          }
          System.arraycopy(piece, 0, bytes, offset, piece.length);
          return piece.length;
        }
        case Event.End() -> {
          return -1;
        }
        case Event.Failure(IOException failure) -> throw failure;
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }

  @Override
  public void close() {
    closed.countDown();
    fail(new IOException("closed"));
  }
}
