package dev.sluice.examples;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import java.io.IOException;
import java.time.Duration;

/**
 * What happens without a flush: three lines, written one step apart, arrive together when the
 * handler ends. Right for a page, wrong for anything that takes time.
 */
record BufferedExample(Duration step) implements Handler {

  @Override
  public void handle(Request request, Response response) throws IOException, InterruptedException {
    for (int i = 1; i <= 3; i++) {
      response.write("line " + i + " of 3\n");
      Thread.sleep(step);
    }
  }
}
