package dev.sluice.cli;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for servers that are started by number. */
final class Ports {
  /** Below what a system gives to clients, which might else take it while nobody listens there. */
  private static final int FIRST = 15_000;

  private static final int END = 30_000;

  private Ports() {}

  /** One of 127.0.0.1 on which nobody listens. */
  static int free() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (var _ = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        return port;
      } catch (BindException e) {
        // Somebody does.
      }
    }
  }
}
