package dev.sluice.server;

import dev.sluice.Encoding;
import dev.sluice.Headers;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.spi.FollowEnd;

/**
 * What a handler asked for when it let a response follow a journal.
 *
 * @param from position of the first byte
 * @param framing how the client knows where the body ends
 * @param persistent whether the connection may be used again after it
 * @param trailing whether the client takes trailers
 * @param end told how it ended
 */
record Follow(
    Journal journal,
    long from,
    Encoding encoding,
    BodyFraming framing,
    boolean persistent,
    boolean trailing,
    FollowEnd end) {

  Headers trailers(Ending ending) {
    return trailing ? encoding.trailers(ending) : new Headers();
  }
}
