/**
 * The server: connections, HTTP/1.1 and 1.0, and the way of a response's bytes to the socket.
 *
 * <p>{@link dev.sluice.server.Server#start} runs a {@link dev.sluice.Handler}:
 *
 * {@snippet :
 * try (Server server = Server.start(ServerOptions.defaults().withPort(8080), handler)) {
 *   server.awaitShutdown();
 * }
 * }
 *
 * <p><b>Concurrency.</b> Event loops accept, read and parse; each connection belongs to one of them
 * for life. A handler runs on a virtual thread of its own and writes to the socket itself. The
 * write side of a connection has one owner at a time: the response, from the dispatch of its
 * request to its last byte; then the loop. The two meet in {@code Exchange} (what the loop tells
 * the handler) and in the loop's task queue (what the handler tells the loop), and nowhere else.
 *
 * <p><b>Cost of a flush</b> on cleartext HTTP/1.1: one system call, no hand-over, no allocation
 * beyond the first; the payload is copied once, into the buffer that the kernel reads.
 */
@NullMarked
package dev.sluice.server;

import org.jspecify.annotations.NullMarked;
