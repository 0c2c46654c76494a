package dev.sluice.examples;

import dev.sluice.Feature;
import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import java.io.IOException;
import java.time.Duration;

/** Asks whether it can flush, then writes, flushes and sleeps, five times. */
record FlushExample(Duration step) implements Handler {

  @Override
  public void handle(Request request, Response response) throws IOException, InterruptedException {
    boolean streams = response.supports(Feature.FLUSH);
    if (!streams) {
      response.write("this response must buffer: you get everything at the end\n");
    }
    for (int i = 1; i <= 5; i++) {
      response.write("tick " + i + "\n");
      if (streams) {
        response.flush(); // the client has it now
      }
      Thread.sleep(step);
    }
  }
}
