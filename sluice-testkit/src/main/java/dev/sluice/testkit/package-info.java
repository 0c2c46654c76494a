/**
 * Tests of streaming, at three distances.
 *
 * <p>{@link dev.sluice.testkit.TestExchange} runs a handler without a server, and knows which bytes
 * had been flushed at which point of it:
 *
 * {@snippet :
 * var exchange = TestExchange.of(TestRequest.get("/"));
 * exchange.run(
 *     (request, response) -> {
 *       response.write("first\n");
 *       response.flush();
 *       exchange.checkpoint("before the work");
 *       response.write("second\n");
 *     });
 * assertEquals("first\n", exchange.flushedAt("before the work"));
 * }
 *
 * <p>{@link dev.sluice.testkit.RawClient} and {@link dev.sluice.testkit.SlowReader} talk to a
 * server byte by byte; {@link dev.sluice.testkit.LeakCheck} tells what a test has left behind.
 *
 * <p><b>Concurrency.</b> A test exchange may be asked by any thread; the clients belong to one
 * thread. Whatever waits gives up after thirty seconds unless told otherwise, with an {@link
 * AssertionError} that says what there was.
 */
@NullMarked
package dev.sluice.testkit;

import org.jspecify.annotations.NullMarked;
