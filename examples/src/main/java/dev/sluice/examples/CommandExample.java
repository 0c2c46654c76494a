package dev.sluice.examples;

import dev.sluice.FlushPolicy;
import dev.sluice.Handler;
import dev.sluice.Pump;
import dev.sluice.Request;
import dev.sluice.Response;
import java.io.IOException;
import java.util.List;

/**
 * A command's output, read, written and flushed by a thread of its own. The response ends when both
 * this handler and the pump are done; if the client goes before, the command is ended.
 */
record CommandExample(List<String> command) implements Handler {

  @Override
  public void handle(Request request, Response response) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    response.type("text/plain; charset=utf-8");
    Pump.from(process).flush(FlushPolicy.eachRead()).start(response);
  }
}
