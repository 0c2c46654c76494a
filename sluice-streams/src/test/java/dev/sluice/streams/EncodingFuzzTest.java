package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is written, however it is cut: a viewer gets back exactly those bytes. */
final class EncodingFuzzTest {
  private static final String ALPHABET = "aZ <&>\"\\/\n\r\t\0\u001b\u009b\u2028é€\uffff🌍日本";

  private final ObjectMapper mapper = new ObjectMapper();

  /** Fixed ones, and one of today that the test's name shows. */
  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 15), LongStream.of(new Random().nextLong()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decoding_gives_back_every_byte_of_each_kind(long seed) throws IOException {
    var random = new Random(seed);
    var recorded = new Recorded();
    Map<Kind, ByteArrayOutputStream> written = write(recorded, random);
    recorded.close(0);
    var sse = new SseEncoding(null, false);
    var ndjson = new NdjsonEncoding(null);
    for (boolean live : new boolean[] {false, true}) {
      assertSame(written, decodeSse(encode(recorded.journal, sse, live, random)));
      assertSame(written, decodeNdjson(encode(recorded.journal, ndjson, live, random)));
    }
    for (Kind kind : Kind.values()) {
      byte[] raw = encode(recorded.journal, new RawEncoding(kind), true, random);
      assertArrayEquals(written.get(kind).toByteArray(), raw);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void text_is_told_as_text_wherever_it_is_cut(long seed) throws IOException {
    var random = new Random(seed);
    var recorded = new Recorded();
    byte[] text = ALPHABET.repeat(5_000).getBytes(StandardCharsets.UTF_8);
    for (int from = 0, to; from < text.length; from = to) {
      to = Math.min(text.length, from + 1 + random.nextInt(random.nextInt(50) == 0 ? 100_000 : 9));
      recorded.add(Kind.STDOUT, Arrays.copyOfRange(text, from, to));
    }
    for (Encoding encoding :
        List.of(new SseEncoding(null, false), new NdjsonEncoding(Kind.STDOUT))) {
      byte[] told = encode(recorded.journal, encoding, true, random);
      assertFalse(recorded.text(told).contains("base64"));
    }
  }

  private static Map<Kind, ByteArrayOutputStream> write(Recorded recorded, Random random) {
    Map<Kind, ByteArrayOutputStream> written = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      written.put(kind, new ByteArrayOutputStream());
    }
    for (int i = 0; i < 200; i++) {
      Kind kind = random.nextInt(3) == 0 ? Kind.STDERR : Kind.STDOUT;
      byte[] bytes = bytes(random);
      recorded.add(kind, bytes);
      written.get(kind).writeBytes(bytes);
    }
    return written;
  }

  /** Text, text that is cut anywhere, or anything at all; now and then a lot of it. */
  private static byte[] bytes(Random random) {
    int length = random.nextInt(20) == 0 ? random.nextInt(100_000) : random.nextInt(20);
    if (random.nextInt(4) == 0) {
      byte[] noise = new byte[length];
      random.nextBytes(noise);
      return noise;
    }
    var text = new StringBuilder();
    int[] alphabet = ALPHABET.codePoints().toArray();
    while (text.length() < length) {
      text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    int from = Math.min(random.nextInt(3), bytes.length);
    int to = Math.max(from, bytes.length - random.nextInt(3));
    return Arrays.copyOfRange(bytes, from, to);
  }

  /** Encodes all of it, up to tails that a live viewer may see, and each frame twice. */
  private static byte[] encode(Journal journal, Encoding encoding, boolean live, Random random) {
    var all = new ByteArrayOutputStream();
    var frame = new FrameBuffer();
    long end = journal.tail().position();
    for (long position = 0; position < end; ) {
      long tail = live ? Math.min(end, position + 1 + random.nextInt(100_000)) : end;
      frame.clear();
      boolean last = journal.endsAt(tail);
      long next = encoding.encode(journal, position, tail, last, frame);
      assertTrue(next >= position && next <= tail, () -> "went to " + next);
      assertTrue(next > position || tail - position < 4, () -> "no progress to " + next);
      byte[] first = Recorded.bytes(frame);
      frame.clear();
      assertEquals(next, encoding.encode(journal, position, tail, last, frame));
      assertArrayEquals(first, Recorded.bytes(frame), "encoded again");
      all.writeBytes(first);
      position = next;
    }
    return all.toByteArray();
  }

  private Map<Kind, ByteArrayOutputStream> decodeSse(byte[] stream) throws IOException {
    List<JsonNode> pieces = new ArrayList<>();
    List<String> kinds = new ArrayList<>();
    // As the WHATWG has it: any of CRLF, LF and CR ends a line.
    for (String event : new String(stream, StandardCharsets.UTF_8).split("\n\n", 0)) {
      String[] lines = event.split("\r\n|\n|\r", -1);
      assertEquals(3, lines.length, event);
      assertTrue(lines[0].matches("id: \\d{16}_\\d{16}@[0-9a-f]{8}"), lines[0]);
      kinds.add(lines[1].substring("event: ".length()));
      pieces.add(mapper.readTree(lines[2].substring("data: ".length())));
    }
    return decode(kinds, pieces);
  }

  private Map<Kind, ByteArrayOutputStream> decodeNdjson(byte[] stream) throws IOException {
    List<JsonNode> pieces = new ArrayList<>();
    List<String> kinds = new ArrayList<>();
    for (String line : new String(stream, StandardCharsets.UTF_8).split("\r\n|\n|\r", 0)) {
      JsonNode piece = mapper.readTree(line);
      pieces.add(piece);
      kinds.add(piece.get("kind").textValue());
    }
    return decode(kinds, pieces);
  }

  private static Map<Kind, ByteArrayOutputStream> decode(List<String> kinds, List<JsonNode> pieces)
      throws IOException {
    Map<Kind, ByteArrayOutputStream> decoded = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      decoded.put(kind, new ByteArrayOutputStream());
    }
    for (int i = 0; i < kinds.size(); i++) {
      Kind kind = kinds.get(i).equals("stderr") ? Kind.STDERR : Kind.STDOUT;
      JsonNode text = pieces.get(i).get("text");
      decoded
          .get(kind)
          .writeBytes(
              text == null
                  ? pieces.get(i).get("base64").binaryValue()
                  : text.textValue().getBytes(StandardCharsets.UTF_8));
    }
    return decoded;
  }

  private static void assertSame(
      Map<Kind, ByteArrayOutputStream> expected, Map<Kind, ByteArrayOutputStream> actual) {
    for (Kind kind : Kind.values()) {
      assertArrayEquals(
          expected.get(kind).toByteArray(), actual.get(kind).toByteArray(), kind.toString());
    }
  }
}
