package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Headers;
import dev.sluice.RequestException;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever stands in a read of a stream, or a fork: it is understood as it is meant, or 400. */
final class ReadFuzzTest {
  private static final Instant FIRST = Instant.parse("2024-10-09T00:00:00Z");
  private static final String PREFIX = "/v1/stream/";

  private final Journal journal = new Journal("a", 1000);

  /** Fixed ones, and one of today that the test's name shows. */
  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 10), LongStream.of(new Random().nextLong()));
  }

  // Queries.

  @Test
  void a_query_says_where_and_how() throws IOException {
    assertEquals(new ReadQuery.From.Beginning(), query("").from());
    assertEquals(ReadQuery.Live.NO, query("").live());
    assertEquals(new ReadQuery.From.Beginning(), query("?offset=-1").from());
    assertEquals(new ReadQuery.From.Now(), query("?offset=now&live=sse").from());
    assertEquals(new ReadQuery.From.Kept(), query("?offset=kept&live=raw").from());
    assertEquals(ReadQuery.Live.RAW, query("?live=raw").live());
    ReadQuery poll = query("?x=1&cursor=7&live=long-poll&offset=" + new Offset(42) + "&x=2");
    assertEquals(new ReadQuery.From.At(new Offset(42), null), poll.from());
    assertEquals(ReadQuery.Live.LONG_POLL, poll.live());
    assertEquals("7", poll.cursor());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void an_offset_is_one_of_ours_or_refused(long seed) throws IOException {
    var random = new Random(seed);
    String[] valid = {"-1", "now", "kept"};
    for (int i = 0; i < 1000; i++) {
      long position = random.nextLong(10_000_000_000_000_000L) >> random.nextInt(50);
      int which = random.nextInt(6);
      String text = mutated(which < 3 ? valid[which] : new Offset(position).toString(), random);
      ReadQuery query = parsed("?live=sse&offset=" + escaped(text));
      boolean ok = List.of(valid).contains(text) || text.matches("0{16}_[0-9]{16}");
      assertEquals(ok, query != null, text);
      if (query != null && query.from() instanceof ReadQuery.From.At(Offset at, String _)) {
        assertEquals(text, at.toString());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_query_is_understood_or_refused(long seed) throws IOException {
    var random = new Random(seed);
    String[] parts = {
      "offset=-1",
      "offset=now",
      "offset",
      "offset=",
      "live=sse",
      "live=long-poll",
      "live=raw",
      "live",
      "live=",
      "LIVE=sse",
      "live=SSE",
      "cursor=1",
      "cursor",
      "x=%00",
      "%",
      "&",
      "offset=%",
      "offset=%2d1",
      "o%66fset=-1",
      "live=sse%0d%0a",
      "x=y=z",
      "offset=-1+",
      "#"
    };
    for (int i = 0; i < 1000; i++) {
      var text = new StringBuilder("?");
      for (int n = random.nextInt(4); n >= 0; n--) {
        text.append(parts[random.nextInt(parts.length)]).append('&');
      }
      ReadQuery query = parsed(text.toString());
      if (query != null
          && query.live() != ReadQuery.Live.NO
          && query.live() != ReadQuery.Live.RAW) {
        assertTrue(text.toString().matches(".*[?&]o(f|%66)fset=.+"), text.toString());
      }
    }
  }

  @Test
  void what_is_given_twice_or_missing_is_refused() throws IOException {
    for (String query :
        new String[] {
          "?offset=-1&offset=-1",
          "?offset=-1&o%66fset=now",
          "?offset=-1&live=sse&live=sse",
          "?live=sse",
          "?live=long-poll",
          "?offset=",
          "?offset=-1&live=",
          "?offset=0",
          "?offset=0000000000000001_0000000000000000"
        }) {
      assertNull(parsed(query), query);
    }
    assertNotNull(parsed("?offset=-1&x&x&live=raw"));
  }

  // Cursors.

  @ParameterizedTest
  @MethodSource("seeds")
  void a_cursor_is_that_of_the_time_or_greater_than_the_clients(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      long interval = random.nextLong(100_000_000);
      Instant now = FIRST.plusSeconds(20 * interval + random.nextInt(20));
      assertEquals(interval, Cursor.after(null, now));
      String last = mutated(Long.toString(interval + random.nextInt(5) - 2), random);
      long next = Cursor.after(last, now);
      assertTrue(next >= interval, last);
      if (last.matches("[0-9]{1,15}")) {
        assertTrue(BigInteger.valueOf(next).compareTo(new BigInteger(last)) > 0, last);
      }
      assertEquals(next, Cursor.after(last, now), "all with the same one get the same one");
    }
  }

  @Test
  void a_cursor_that_is_none_does_not_count() {
    Instant now = FIRST.plus(Duration.ofDays(365));
    long interval = Cursor.after(null, now);
    for (String none : new String[] {"", "-1", "x", "1e9", "9".repeat(16), "9".repeat(400), "１"}) {
      assertEquals(interval, Cursor.after(none, now));
    }
    assertEquals(1_000_000_000_000_000L, Cursor.after("9".repeat(15), now));
    assertEquals(0, Cursor.after(null, FIRST.minusSeconds(1)));
  }

  // Entity tags.

  @Test
  void a_tag_is_of_one_journal_one_stretch_and_one_state() {
    String tag = EntityTag.of(journal, 3, 7, false);
    assertTrue(tag.matches("\"[!#-~]+\""), tag);
    assertNotEquals(tag, EntityTag.of(journal, 3, 7, true));
    assertNotEquals(tag, EntityTag.of(journal, 3, 8, false));
    assertNotEquals(tag, EntityTag.of(journal, 2, 7, false));
    assertNotEquals(tag, EntityTag.of(new Journal("a", 1000), 3, 7, false));
  }

  @Test
  void a_tag_is_known_weak_in_a_list_and_as_a_star() {
    String tag = EntityTag.of(journal, 0, 7, false);
    for (String has :
        new String[] {
          tag, "W/" + tag, "*", " * ", "\"x\", " + tag, tag + " ,W/\"x\"", ",," + tag
        }) {
      assertTrue(EntityTag.matches(tag, List.of(has)), has);
      assertTrue(EntityTag.matches(tag, List.of("\"other\"", has)), has);
    }
    String bare = tag.substring(1, tag.length() - 1);
    for (String has : new String[] {"", bare, "w/" + tag, "\"\"", tag.replace("7", "8"), "**"}) {
      assertFalse(EntityTag.matches(tag, List.of(has)), has);
    }
    assertFalse(EntityTag.matches(tag, List.of()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothing_that_is_nearly_a_tag_is_known(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      String tag =
          EntityTag.of(journal, random.nextInt(100), 100 + random.nextInt(100), i % 2 == 0);
      String has = mutated(tag, random);
      boolean same = List.of(has.split(",", -1)).stream().anyMatch(one -> one.strip().equals(tag));
      assertEquals(same, EntityTag.matches(tag, List.of(has)), has);
    }
  }

  // Forks.

  @Test
  void a_fork_says_of_what_and_where() throws RequestException {
    assertNull(ForkHeaders.of(new Headers(), PREFIX));
    Headers headers = Headers.of("Stream-Forked-From", "/v1/stream/a/b%7Ec+d");
    assertEquals(new ForkHeaders("a/b~c+d", null, 0), ForkHeaders.of(headers, PREFIX));
    headers.set("Stream-Fork-Offset", new Offset(7).toString()).set("Stream-Fork-Sub-Offset", "3");
    assertEquals(new ForkHeaders("a/b~c+d", new Offset(7), 3), ForkHeaders.of(headers, PREFIX));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_number_beyond_is_digits_that_come_back(long seed) throws RequestException {
    var random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      String text = mutated(new BigInteger(random.nextInt(60), random).toString(), random);
      Headers headers =
          Headers.of("Stream-Forked-From", "/v1/stream/a").set("Stream-Fork-Sub-Offset", text);
      boolean valid = text.matches("0|[1-9][0-9]{0,15}");
      if (valid) {
        assertEquals(Long.parseLong(text), ForkHeaders.of(headers, PREFIX).beyond());
      } else {
        assertRefused(headers);
      }
    }
  }

  @Test
  void a_fork_of_nothing_or_of_what_is_no_stream_is_refused() {
    assertRefused(Headers.of("Stream-Fork-Offset", Offset.ZERO.toString()));
    assertRefused(Headers.of("Stream-Fork-Sub-Offset", "0"));
    for (String from :
        new String[] {
          "",
          "a",
          "/a",
          "v1/stream/a",
          "/v1/stream",
          "http://127.0.0.1/v1/stream/a",
          "//x/v1/stream/a",
          "/V1/stream/a",
          "/v1/stream/%",
          "/v1/stream/%zz"
        }) {
      assertRefused(Headers.of("Stream-Forked-From", from));
    }
    for (String at : new String[] {"", "-1", "now", "kept", "7", "0_7", "x".repeat(33)}) {
      assertRefused(Headers.of("Stream-Forked-From", "/v1/stream/a").set("Stream-Fork-Offset", at));
    }
    assertRefused(
        Headers.of("Stream-Forked-From", "/v1/stream/a").add("Stream-Forked-From", "/v1/stream/a"));
  }

  private static void assertRefused(Headers headers) {
    RequestException refused =
        assertThrows(
            RequestException.class, () -> ForkHeaders.of(headers, PREFIX), headers::toString);
    assertEquals(400, refused.status());
    assertTrue(refused.getMessage().startsWith("Stream-Fork"), refused.getMessage());
  }

  private static ReadQuery query(String query) throws IOException {
    return ReadQuery.of(TestRequest.get("/v1/stream/a" + query));
  }

  /** What comes out, or null if it is refused; anything else fails the test. */
  private static @Nullable ReadQuery parsed(String query) throws IOException {
    try {
      return query(query);
    } catch (RequestException e) {
      assertEquals(400, e.status());
      assertEquals(1, e.getMessage().lines().count());
      return null;
    }
  }

  private static String escaped(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
  }

  /** As it is, or with a character more, less, or another. */
  private static String mutated(String text, Random random) {
    String odd = "019-+.eE_, \t;*/\"W:cx\u00e4";
    var mutated = new StringBuilder(text);
    int at = random.nextInt(text.length() + 1);
    char c = odd.charAt(random.nextInt(odd.length()));
    switch (random.nextInt(5)) {
      case 0 -> mutated.insert(at, c);
      case 1 -> mutated.setCharAt(Math.min(at, text.length() - 1), c);
      case 2 -> mutated.deleteCharAt(Math.min(at, text.length() - 1));
      default -> {}
    }
    return mutated.toString();
  }
}
