/**
 * What an engine implements so that handlers can stream through it.
 *
 * <p>{@link dev.sluice.spi.StreamingResponse} is the one state machine of a response: what commits,
 * what is refused, when a length is added, how a failure cuts the stream. It is the same for every
 * protocol version and for tests. An engine gives it a {@link dev.sluice.spi.Wire}, which knows one
 * protocol's framing and nothing else.
 */
@NullMarked
package dev.sluice.spi;

import org.jspecify.annotations.NullMarked;
