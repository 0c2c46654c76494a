package dev.sluice;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * A response as a writer of UTF-8. It encodes at once, so that nothing but half a surrogate pair is
 * ever held back from the response.
 */
final class ResponseWriter extends Writer {
  private final OutputStream out;
  private char highSurrogate;

  ResponseWriter(Response response) {
    if (!response.committed()) {
      response.headers().setIfAbsent("Content-Type", "text/plain; charset=utf-8");
    }
    this.out = response.outputStream();
  }

  @Override
  public void write(char[] chars, int offset, int length) throws IOException {
    write(new String(chars, offset, length));
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    write(text.substring(offset, offset + length));
  }

  @Override
  public void write(String text) throws IOException {
    if (text.isEmpty()) {
      return;
    }
    String whole = highSurrogate == 0 ? text : highSurrogate + text;
    char last = whole.charAt(whole.length() - 1);
    boolean split = Character.isHighSurrogate(last);
    highSurrogate = split ? last : 0;
    out.write(
        (split ? whole.substring(0, whole.length() - 1) : whole).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (highSurrogate != 0) {
      highSurrogate = 0;
      out.write('?');
    }
    out.close();
  }
}
