package dev.sluice;

import java.io.IOException;
import java.io.OutputStream;

/** A response as an output stream; the response does the buffering. */
final class ResponseOutputStream extends OutputStream {
  private final Response response;
  private boolean closed;

  ResponseOutputStream(Response response) {
    this.response = response;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    checkOpen();
    response.write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    checkOpen();
    flushIfSupported();
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Streams are flushed by code that asks nobody; a response that must buffer just goes on. */
  private void flushIfSupported() throws IOException {
    if (response.supports(Feature.FLUSH)) {
      response.flush();
    }
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("this view of the response is closed");
    }
  }
}
