package dev.sluice.streams;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.DataDirectory;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.Kind;
import dev.sluice.journal.Offset;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is appended, and whenever a viewer looks: the events that it gets are the data, each
 * with where it ends; and a frame that is made again is the same.
 */
final class StreamEncodingFuzzTest {
  private static final long CURSOR = 4242;

  /** A frame, by what it was asked for. */
  @SuppressWarnings("ArrayRecordComponent") // compared as arrays
  private record Made(long from, long asked, boolean last, long end, byte[] bytes) {}

  private final ObjectMapper mapper = new ObjectMapper();
  private final List<Made> frames = new ArrayList<>();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  @TempDir private Path directory;

  /** Fixed ones, and one of today that the test's name shows. */
  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 3), LongStream.of(new Random().nextLong()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void messages_come_back(long seed) throws IOException {
    var random = new Random(seed);
    String stream = follow("application/json; charset=utf-8", random);
    var got = new StringBuilder();
    for (EventParser.Event event : dataOf(stream)) {
      JsonNode array = mapper.readTree(event.data().getBytes(ISO_8859_1));
      assertTrue(array.isArray() && !array.isEmpty(), event.data());
      got.append(event.data(), 1, event.data().length() - 1).append(',');
    }
    String all = written.toString(ISO_8859_1);
    String ended = all.endsWith("\n") ? all : all + "\n";
    assertEquals(ended.replace('\n', ','), got.toString());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void text_comes_back_with_one_kind_of_line_end(long seed) throws IOException {
    var got = new StringBuilder();
    String stream = follow("text/plain", new Random(seed));
    for (EventParser.Event event : dataOf(stream)) {
      got.append(event.data());
    }
    assertEquals(SseTextTest.normalized(written.toByteArray()), got.toString());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void bytes_come_back(long seed) throws IOException {
    var got = new ByteArrayOutputStream();
    String stream = follow("image/png", new Random(seed));
    for (EventParser.Event event : dataOf(stream)) {
      got.writeBytes(Base64.getDecoder().decode(event.data()));
    }
    assertArrayEquals(written.toByteArray(), got.toByteArray());
  }

  /** All that a viewer gets of a journal while it is written, and closed in the end. */
  private String follow(String type, Random random) throws IOException {
    var stream = new ByteArrayOutputStream();
    JournalOptions options = JournalOptions.defaults().withContentType(type).withDurable(false);
    try (var store = DataDirectory.open(directory, JournalLimits.defaults())) {
      Journal journal = store.open("a", options).journal();
      StreamEncoding encoding = StreamEncoding.of(journal, CURSOR, Duration.ZERO);
      long position = 0;
      for (byte[] piece : pieces(type, random)) {
        written.writeBytes(piece);
        Kind kind = random.nextInt(4) == 0 ? Kind.STDERR : Kind.STDOUT;
        journal.append(kind, Instant.EPOCH, piece, 0, piece.length);
        if (random.nextInt(3) == 0) {
          position = walk(journal, encoding, position, random, stream);
          assertMadeAgain(journal, random);
        }
      }
      boolean live = random.nextBoolean();
      long told = live ? walk(journal, encoding, position, random, stream) : position;
      journal.close(Ending.PLAIN);
      assertEquals(journal.tail().position(), walk(journal, encoding, told, random, stream));
      byte[] ending = encoding.ending(journal, Ending.PLAIN);
      stream.writeBytes(ending);
      assertControls(stream.toString(ISO_8859_1), journal);
      assertMadeAgain(journal, random);
    }
    try (var store = DataDirectory.open(directory, JournalLimits.defaults())) {
      Journal journal = store.find("a");
      assertEquals(journal.tail().position(), journal.memoryFrom(), "all is in files");
      assertMadeAgain(journal, random);
    }
    return stream.toString(ISO_8859_1);
  }

  /** What is appended: whole, cut anywhere, and perhaps without an end. */
  private static List<byte[]> pieces(String type, Random random) {
    List<byte[]> pieces = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      byte[] bytes = type.startsWith("application/json") ? messages(random) : data(type, random);
      for (int at = 0; at < bytes.length; ) {
        boolean whole = random.nextInt(4) > 0;
        int length = whole ? bytes.length - at : 1 + random.nextInt(bytes.length - at);
        pieces.add(Arrays.copyOfRange(bytes, at, at + length));
        at += length;
      }
    }
    if (random.nextBoolean()) {
      pieces.add("12".getBytes(US_ASCII));
    }
    return pieces;
  }

  private static byte[] messages(Random random) {
    var lines = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int length = random.nextInt(12) == 0 ? random.nextInt(200_000) : random.nextInt(60);
      String text = "é \\n\u2028 x".repeat(length / 9);
      lines.append(length < 3 ? "7" : "{\"a\": [\"" + text + "\"]}").append('\n');
    }
    return lines.toString().getBytes(UTF_8);
  }

  private static byte[] data(String type, Random random) {
    int length = 1 + random.nextInt(random.nextInt(12) == 0 ? 200_000 : 40);
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    if (type.startsWith("text/") && random.nextInt(5) > 0) {
      String text = " a\r\n é\r日\n🌍".repeat(1 + length / 20);
      byte[] utf8 = text.getBytes(UTF_8);
      int from = random.nextInt(4);
      return Arrays.copyOfRange(utf8, from, utf8.length - random.nextInt(4));
    }
    return bytes;
  }

  /** To where the viewer has all that may be told; asked for up to tails that it may see. */
  private long walk(
      Journal journal,
      StreamEncoding encoding,
      long from,
      Random random,
      ByteArrayOutputStream stream) {
    long tail = journal.tail().position();
    long position = from;
    while (position < tail) {
      boolean early = random.nextInt(3) == 0;
      long asked = early ? position + 1 + random.nextLong(tail - position) : tail;
      Made made = make(journal, encoding, position, asked, journal.endsAt(asked));
      assertTrue(made.end >= position && made.end <= asked, () -> made.end + " of " + asked);
      if (made.end == position) {
        assertEquals(0, made.bytes.length, "held back, and something told");
        if (asked == tail) {
          return position;
        }
        continue;
      }
      frames.add(made);
      assertUpToDate(journal, encoding, made);
      stream.writeBytes(made.bytes);
      position = made.end;
    }
    return position;
  }

  private static Made make(
      Journal journal, StreamEncoding encoding, long from, long asked, boolean last) {
    var frame = new FrameBuffer();
    long end = encoding.encode(journal, from, asked, last, frame);
    return new Made(from, asked, last, end, Recorded.bytes(frame));
  }

  /** It is true of a frame behind which nothing may be told of what was asked for. */
  private static void assertUpToDate(Journal journal, StreamEncoding encoding, Made made) {
    String text = new String(made.bytes, ISO_8859_1);
    if (text.endsWith("}\n\n")) {
      boolean whole =
          made.end == made.asked
              || make(journal, encoding, made.end, made.asked, made.last).end == made.end;
      String place = made.from + " " + made.asked;
      assertEquals(whole, text.endsWith(",\"upToDate\":true}\n\n"), place);
      boolean closed = made.last && made.end == made.asked;
      assertEquals(closed, text.contains("\",\"streamClosed\":true,"), place);
    }
  }

  private void assertMadeAgain(Journal journal, Random random) {
    StreamEncoding encoding = StreamEncoding.of(journal, CURSOR, Duration.ofDays(1));
    for (int i = 0; i < Math.min(frames.size(), 60); i++) {
      Made made = frames.get(random.nextInt(frames.size()));
      Made again = make(journal, encoding, made.from, made.asked, made.last);
      assertEquals(made.end, again.end, () -> "from " + made.from + ", asked " + made.asked);
      assertArrayEquals(made.bytes, again.bytes);
    }
  }

  private void assertControls(String stream, Journal journal) throws IOException {
    List<EventParser.Event> events = EventParser.parse(stream);
    String last = "";
    for (int i = 0; i < events.size(); i++) {
      EventParser.Event event = events.get(i);
      if (event.type().equals("data")) {
        assertEquals("control", events.get(i + 1).type(), "data without control");
        continue;
      }
      assertEquals("control", event.type());
      JsonNode control = mapper.readTree(event.data());
      String next = control.get("streamNextOffset").textValue();
      assertTrue(next.compareTo(last) > 0 || i == events.size() - 1, last + " then " + next);
      last = next;
      boolean ends = i == events.size() - 1;
      boolean atEnd = next.equals(new Offset(written.size()).toString());
      boolean closed = control.has("streamClosed");
      assertTrue(ends ? closed : atEnd || !closed, event.data());
      assertEquals(!closed, control.has("streamCursor"));
      if (ends || events.get(i - 1 < 0 ? 0 : i - 1).type().equals("data")) {
        assertEquals(next + "@" + journal.id(), event.id());
      }
      assertFalse(event.data().substring(1, event.data().length() - 1).contains("}"));
    }
    assertEquals(new Offset(written.size()).toString(), last);
  }

  private static List<EventParser.Event> dataOf(String stream) {
    return EventParser.parse(stream).stream().filter(event -> event.type().equals("data")).toList();
  }
}
