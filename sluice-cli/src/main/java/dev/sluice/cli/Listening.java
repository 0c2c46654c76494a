package dev.sluice.cli;

import dev.sluice.server.Server;

/**
 * A server that listens, and how people get at it.
 *
 * @param server it
 * @param url where it can be reached, without a slash; {@code https:} with TLS
 * @param curl {@code curl}, and what it needs to be let in
 */
record Listening(Server server, String url, String curl) {}
