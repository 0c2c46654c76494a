package dev.sluice.server;

import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.CloseReason.FELL_BEHIND;
import static dev.sluice.server.LineFollow.LINES;
import static dev.sluice.server.RawFollow.RAW;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Encoding;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Viewers behind what their journal keeps. */
abstract class FollowGapContract extends JournalContract {
  private static final int SEGMENT = 256 * 1024;

  private final Journal little = new Journal("little", SEGMENT);
  private final byte[] all = FollowFixture.noise(10 << 20, 1);
  private int written;

  FollowGapContract(Transport transport) {
    super(transport);
  }

  private void write(int until) {
    FollowFixture.append(little, all, written, until - written);
    written = until;
  }

  private void serveLittle(Encoding encoding) throws IOException {
    serve((request, response) -> response.follow(little, Offset.ZERO, encoding, ends.next()));
  }

  private byte[] from(long position) {
    return Arrays.copyOfRange(all, Math.toIntExact(position), written);
  }

  @Test
  void one_that_comes_too_late_is_told_the_gap_and_goes_on() throws Exception {
    write(5 * SEGMENT);
    long start = little.start().position();
    serveLittle(LINES);
    var lines = new Lines(follow(0).body(), 0);
    lines.readTo(5 * SEGMENT);
    assertEquals(1, lines.gaps());
    write(5 * SEGMENT + 10);
    little.close(Ending.PLAIN);
    lines.readToEnd();
    assertEquals(1, lines.gaps());
    assertArrayEquals(from(start), lines.data());
    ends.await(COMPLETED);
  }

  @Test
  void one_whose_encoding_cannot_say_so_is_cut_before_any_byte() throws Exception {
    write(5 * SEGMENT);
    little.close(Ending.PLAIN);
    serveLittle(RAW);
    var body = follow(0).end();
    assertFalse(body.complete());
    assertEquals("", body.text());
    ends.await(FELL_BEHIND);
  }

  /** A frame that was sent in part cannot be made whole: the encoding does not matter. */
  @Test
  void one_that_is_overtaken_within_a_frame_is_cut() throws Exception {
    serveLittle(RAW);
    var exchange = followSlowly();
    write(all.length);
    var got = exchange.end();
    assertFalse(got.complete());
    assertTrue(got.text().length() < all.length);
    ends.await(FELL_BEHIND);
    little.close(Ending.PLAIN);
  }

  /** Who does not read is overtaken again and again, between frames and within them. */
  @Test
  void what_it_gets_is_right_or_it_is_cut() throws Exception {
    serveLittle(new LineFollow(500));
    for (int round = 0; round < 3; round++) {
      var exchange = followSlowly();
      var lines = new Lines(exchange.body(), 0, all);
      try {
        for (int i = 0; i < 8; i++) {
          write(written + SEGMENT);
          lines.readTo(little.start().position() + 1);
        }
        write(written + 4 * SEGMENT);
        lines.readTo(written);
      } catch (CutException e) {
        // As good as all of it.
      }
      exchange.cancel();
    }
  }

  @Test
  void a_fast_one_beside_it_misses_nothing() throws Exception {
    serveLittle(LINES);
    var slow = followSlowly();
    var fast = new Lines(follow(0).body(), 0);
    while (written < all.length) {
      write(Math.min(all.length, written + 100_000));
      fast.readTo(written);
    }
    little.close(Ending.PLAIN);
    fast.readToEnd();
    assertEquals(0, fast.gaps());
    assertArrayEquals(all, fast.data());
    slow.cancel();
  }
}
