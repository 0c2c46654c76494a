package dev.sluice.examples;

import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;

public final class Ticks {
  public static void main(String[] args) throws Exception {
    var options = ServerOptions.defaults().withPort(0); // 0 picks a free one
    try (Server server = Server.start(options, Ticks::answer)) {
      System.out.println("curl -N " + server.url());
      server.awaitShutdown();
    }
  }

  private static void answer(Request request, Response response) throws Exception {
    for (int i = 1; i <= 5; i++) {
      response.write("tick " + i + "\n");
      response.flush(); // the client has it now
      Thread.sleep(1000);
    }
  }
}
