/**
 * Streaming HTTP responses: write, flush, and it is on the wire.
 *
 * <p>A {@link dev.sluice.Handler} answers a {@link dev.sluice.Request} by writing to a {@link
 * dev.sluice.Response}. It runs on a virtual thread and blocks where it has to wait:
 *
 * {@snippet :
 * Handler ticks = (request, response) -> {
 *   for (int i = 1; i <= 5; i++) {
 *     response.write("tick " + i + "\n");
 *     response.flush(); // the client has it now
 *     Thread.sleep(1000);
 *   }
 * };
 * }
 *
 * <p>A {@link dev.sluice.Pump} copies a source to a response as it produces; a {@link
 * dev.sluice.Router} chooses the handler; {@link dev.sluice.Filters} wrap handlers.
 *
 * <p><b>Concurrency.</b> A handler is called by many threads at once. A request and its response
 * belong to one exchange; any thread may use them, one at a time, until the handler returns. There
 * are no callbacks and no futures.
 */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
