package dev.sluice;

import java.io.IOException;

/** Answers to requests that no handler is to see: a line of text that says why. */
final class Refusals {
  private Refusals() {}

  /**
   * Answers.
   *
   * @param line may quote the request, which no browser must take for a page or a script
   */
  static void answer(Response response, int status, String line) throws IOException {
    response.status(status).type("text/plain; charset=utf-8");
    response.header("X-Content-Type-Options", "nosniff");
    response.header("Cross-Origin-Resource-Policy", "same-origin");
    response.write(status + ": " + line + "\n");
  }
}
