package dev.sluice.cli;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A stream that is there.
 *
 * @param stream its own URL, which speaks the Durable Streams protocol
 * @param raw where a server of ours sends it as it is, to its end; null if it is none of ours
 * @param type its content type
 */
record Located(URI stream, @Nullable URI raw, String type) {}
