package dev.sluice.cli;

import dev.sluice.server.Server;

/**
 * A server that listens, and how people get at it.
 *
 * @param server it
 * @param url where it can be reached, without a slash; {@code https:} with TLS
 * @param curl {@code curl}, and what it needs to be let in
 */
record Listening(Server server, String url, String curl) {

  /** Says so if the server has ended by itself. */
  void checkFailure() throws CliException {
    Throwable failure = server.failure();
    if (failure != null) {
      throw new CliException(ExitStatus.FAILED, "the server has failed: " + failure, failure);
    }
  }
}
