package dev.sluice.server;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import java.io.IOException;

/**
 * Answers for a handler that is not to see a request.
 *
 * @param rejection what is said
 */
record RefusingHandler(Rejection rejection) implements Handler {
  private static final int UNAVAILABLE = 503;

  @Override
  public void handle(Request request, Response response) throws IOException {
    response.status(rejection.status());
    response.type("text/plain; charset=utf-8");
    response.header("X-Content-Type-Options", "nosniff");
    response.header("Cross-Origin-Resource-Policy", "same-origin");
    if (rejection.status() == UNAVAILABLE) {
      response.header("Retry-After", "1");
    }
    response.write(rejection.reason() + "\n");
  }
}
