package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Headers;
import dev.sluice.RequestException;
import dev.sluice.Router;
import dev.sluice.journal.Expiry;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalName;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.MemoryStore;
import dev.sluice.journal.ProducerSequence;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever stands in a request to a stream: it is understood as it is meant, or 400. */
final class StreamFuzzTest {
  private static final BigInteger NUMBER_MAX = BigInteger.valueOf(ProducerSequence.NUMBER_MAX);
  private static final String[] PATH_PARTS = {
    "a",
    "B",
    "7",
    "~",
    "-",
    "_",
    ".",
    "..",
    "/",
    "//",
    "%2f",
    "%2F",
    "%2e",
    "%2E%2e",
    "%61",
    "%00",
    "%0d%0a",
    "%",
    "%zz",
    "%25",
    "+",
    "v1",
    "stream",
    "v1/stream/",
    "%5c",
    "\\",
    ":",
    ";",
    "caf%C3%A9"
  };

  /** Fixed ones, and one of today that the test's name shows. */
  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 15), LongStream.of(new Random().nextLong()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void numbers_of_producers_are_digits_in_their_range(long seed) throws RequestException {
    var random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      String text = mutated(new BigInteger(random.nextInt(60), random).toString(), random);
      boolean valid =
          text.matches("[0-9]{1,16}") && new BigInteger(text).compareTo(NUMBER_MAX) <= 0;
      Headers headers =
          new Headers()
              .set("Producer-Id", "p")
              .set("Producer-Epoch", "0")
              .set("Producer-Seq", text);
      ProducerSequence parsed = parsed(() -> ProducerHeaders.of(headers));
      assertEquals(valid, parsed != null, text);
      if (parsed != null) {
        assertEquals(new BigInteger(text).longValueExact(), parsed.sequence());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void seconds_of_a_ttl_are_digits_that_come_back(long seed) throws RequestException {
    var random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      String text = mutated(new BigInteger(random.nextInt(40), random).toString(), random);
      Headers headers = Headers.of("Stream-TTL", text);
      Expiry parsed = parsed(() -> ExpiryHeaders.of(headers));
      assertEquals(text.matches("0|[1-9][0-9]{0,9}"), parsed != null, text);
      if (parsed != null) {
        assertEquals(new Expiry.Unused(Duration.ofSeconds(Long.parseLong(text))), parsed);
        assertEquals(text, said(parsed).get("Stream-TTL"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void times_of_expiry_are_understood_in_every_zone_and_come_back(long seed)
      throws RequestException {
    var random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      Instant time =
          Instant.ofEpochSecond(random.nextLong(250_000_000_000L), random.nextInt(1_000_000_000));
      var zone = ZoneOffset.ofTotalSeconds(60 * (random.nextInt(36 * 60 + 1) - 18 * 60));
      String text = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atOffset(zone));
      if (!text.matches(".*:\\d\\d:\\d\\d[.Z+-].*")) {
        continue; // without seconds, which the JDK leaves out where they are 0
      }
      Expiry parsed = parsed(() -> ExpiryHeaders.of(Headers.of("Stream-Expires-At", text)));
      assertEquals(new Expiry.At(time.truncatedTo(ChronoUnit.MICROS)), parsed, text);
      assertEquals(parsed, ExpiryHeaders.of(said(parsed)), text);
      String broken = mutated(text, random);
      var _ = parsed(() -> ExpiryHeaders.of(Headers.of("Stream-Expires-At", broken)));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_type_that_is_accepted_can_be_kept_and_sent(long seed) throws RequestException {
    var random = new Random(seed);
    String[] types = {"text/plain", "application/json; charset=utf-8", "a/b;c=\"d\"", "image/*"};
    for (int i = 0; i < 2000; i++) {
      String text = mutated(types[random.nextInt(types.length)], random).strip();
      Headers headers = Headers.of("Content-Type", text);
      String type = parsed(() -> StreamHeaders.contentType(headers));
      if (type != null) {
        assertEquals(type, JournalOptions.defaults().withContentType(type).contentType());
        assertEquals(type, Headers.of("Content-Type", type).get("Content-Type"));
        assertTrue(StreamHeaders.sameType(type, type));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void every_name_that_is_created_is_a_name_and_has_a_page(long seed) throws IOException {
    var random = new Random(seed);
    var store = new MemoryStore(JournalLimits.defaults());
    var journals = new Journals(store);
    var site = new JournalHandler(journals, (journal, count) -> {}).addTo(new Router());
    new StreamHandler(journals, StreamOptions.defaults()).addTo(site);
    for (int i = 0; i < 1000; i++) {
      var path = new StringBuilder("/v1/stream/");
      for (int parts = random.nextInt(6); parts >= 0; parts--) {
        path.append(PATH_PARTS[random.nextInt(PATH_PARTS.length)]);
      }
      int before = store.names().size();
      int status = TestExchange.run(site, TestRequest.of("PUT", path.toString())).status();
      assertTrue(status == 201 || status == 200 || status == 400, path + ": " + status);
      assertEquals(status == 201 ? before + 1 : before, store.names().size(), path.toString());
    }
    for (String name : store.names()) {
      assertEquals(name, new JournalName(name).text());
      assertEquals(200, TestExchange.run(site, TestRequest.get("/" + name + "?as=html")).status());
      assertNotNull(store.find(name));
    }
  }

  private static Headers said(Expiry expiry) {
    var headers = new Headers();
    ExpiryHeaders.put(expiry, headers);
    return headers;
  }

  /** What comes out, or null if it is refused; anything else fails the test. */
  private static <T> @Nullable T parsed(Parser<T> parser) {
    try {
      return parser.parse();
    } catch (RequestException e) {
      assertEquals(400, e.status());
      assertTrue(e.getMessage().lines().count() == 1);
      return null;
    }
  }

  @FunctionalInterface
  private interface Parser<T> {
    @Nullable T parse() throws RequestException;
  }

  /** As it is, or with a character more, less, or another. */
  private static String mutated(String text, Random random) {
    String odd = "09+-.eE_, \t;=/\"'<>x\u00e4\u00ff";
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
