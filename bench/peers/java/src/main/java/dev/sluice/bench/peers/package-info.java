/**
 * The Java servers Sluice is measured against. Each answers {@code GET
 * /stream?n=N&size=S&gap=MICROS} with N {@link dev.sluice.bench.peers.Message messages} of S bytes,
 * flushed one by one, with a pause between them; and each does it in the way its own documentation
 * shows.
 */
package dev.sluice.bench.peers;
