package dev.sluice.examples;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * More than fits into memory, made while it is sent. No flush: a full buffer goes out by itself,
 * and a slow client slows the loop down. Its length is known, so it is declared.
 */
record LargeExample(long bytes) implements Handler {

  @Override
  public void handle(Request request, Response response) throws IOException {
    byte[] block = "All work and no play.\n".repeat(3000).getBytes(StandardCharsets.US_ASCII);
    response.type("text/plain; charset=utf-8").length(bytes);
    for (long left = bytes; left > 0; left -= block.length) {
      response.write(block, 0, (int) Math.min(left, block.length));
    }
  }
}
