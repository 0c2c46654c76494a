package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.sluice.FrameBuffer;
import dev.sluice.Headers;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of each encoding, as they are on the wire. */
final class EncodingTest {
  private static final SseEncoding SSE = new SseEncoding(null, false);

  private final Recorded recorded = new Recorded();

  @Test
  void an_event_tells_the_offset_after_it_its_kind_and_its_text() {
    recorded.out("hi\n").err("  oh: \"no\"\r\n");
    assertEquals(
        """
        id: 0000000000000000_0000000000000003@ID
        event: stdout
        data: {"text":"hi\\n"}

        id: 0000000000000000_0000000000000015@ID
        event: stderr
        data: {"text":"  oh: \\"no\\"\\r\\n"}

        """,
        recorded.text(SSE));
  }

  @Test
  void a_line_tells_the_offset_after_it_its_time_its_kind_and_its_text() {
    recorded.out("hi\n").err("oh\n");
    assertEquals(
        """
        {"offset":"0000000000000000_0000000000000003","time":"2026-11-22T09:00:00.123456Z",\
        "kind":"stdout","text":"hi\\n"}
        {"offset":"0000000000000000_0000000000000006","time":"2026-11-22T09:00:01.123456Z",\
        "kind":"stderr","text":"oh\\n"}
        """,
        recorded.text(ndjson(null)));
  }

  @Test
  void raw_bytes_are_as_they_came() {
    byte[] bytes = {0, (byte) 0xff, '\r', '\n', (byte) 0xc3};
    recorded.add(Kind.STDERR, bytes).out("x");
    assertArrayEquals(
        new byte[] {0, (byte) 0xff, '\r', '\n', (byte) 0xc3, 'x'},
        recorded.encoded(RawEncoding.ALL));
  }

  @Test
  void what_is_no_text_goes_as_base64() {
    recorded.add(Kind.STDOUT, new byte[] {'a', (byte) 0xff, 'b'});
    assertEquals(
        """
        id: 0000000000000000_0000000000000003@ID
        event: stdout
        data: {"base64":"Yf9i"}

        """,
        recorded.text(SSE));
  }

  @Test
  void a_character_that_was_written_in_parts_is_told_whole() {
    byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
    recorded
        .add(Kind.STDOUT, new byte[] {'a', euro[0]})
        .add(Kind.STDOUT, new byte[] {euro[1]})
        .add(Kind.STDOUT, new byte[] {euro[2], 'b'});
    assertEquals(
        """
        id: 0000000000000000_0000000000000001@ID
        event: stdout
        data: {"text":"a"}

        id: 0000000000000000_0000000000000004@ID
        event: stdout
        data: {"text":"€"}

        id: 0000000000000000_0000000000000005@ID
        event: stdout
        data: {"text":"b"}

        """,
        recorded.text(SSE));
  }

  @Test
  void a_part_of_a_character_is_held_back_until_the_rest_comes_or_the_end() {
    recorded.add(Kind.STDOUT, new byte[] {'a', (byte) 0xc3});
    var frame = new FrameBuffer();
    assertEquals(1, SSE.encode(recorded.journal, 0, 2, false, frame));
    assertEquals(1, SSE.encode(recorded.journal, 1, 2, false, frame));
    recorded.close(0);
    assertEquals(2, SSE.encode(recorded.journal, 0, 2, true, new FrameBuffer()));
    assertEquals(
        """
        id: 0000000000000000_0000000000000001@ID
        event: stdout
        data: {"text":"a"}

        id: 0000000000000000_0000000000000002@ID
        event: stdout
        data: {"base64":"ww=="}

        """,
        recorded.text(SSE));
  }

  @Test
  void parts_of_a_character_that_are_not_together_go_as_base64() {
    byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
    recorded
        .add(Kind.STDOUT, new byte[] {'a', euro[0], euro[1]})
        .err("b")
        .add(Kind.STDOUT, new byte[] {euro[2], 'c'});
    assertEquals(
        """
        id: 0000000000000000_0000000000000001@ID
        event: stdout
        data: {"text":"a"}

        id: 0000000000000000_0000000000000003@ID
        event: stdout
        data: {"base64":"4oI="}

        id: 0000000000000000_0000000000000004@ID
        event: stderr
        data: {"text":"b"}

        id: 0000000000000000_0000000000000005@ID
        event: stdout
        data: {"base64":"rA=="}

        id: 0000000000000000_0000000000000006@ID
        event: stdout
        data: {"text":"c"}

        """,
        recorded.text(SSE));
  }

  @Test
  void only_one_kind_is_told_where_that_is_asked_for() {
    recorded.out("a").err("b").out("c");
    assertArrayEquals(new byte[] {'b'}, recorded.encoded(new RawEncoding(Kind.STDERR)));
    assertEquals(
        """
        id: 0000000000000000_0000000000000002@ID
        event: stderr
        data: {"text":"b"}

        """,
        recorded.text(new SseEncoding(Kind.STDERR, false)));
    assertEquals(2, recorded.text(ndjson(Kind.STDOUT)).lines().count());
  }

  @Test
  void an_event_stream_begins_with_the_time_to_reconnect() {
    Journal journal = recorded.journal;
    assertEquals("retry: 1000\n\n", recorded.text(SSE.opening(journal)));
    assertEquals(
        "retry: 1000\n\nevent: restart\ndata: {}\n\n",
        recorded.text(new SseEncoding(null, true).opening(journal)));
    assertEquals(0, ndjson(null).opening(journal).length);
  }

  @Test
  void the_end_tells_status_and_signal() throws IOException {
    recorded.out("abc");
    Ending killed = new Ending(143, "TERM");
    recorded.journal.close(killed);
    assertEquals(
        """
        event: exit
        data: {"status":143,"signal":"TERM"}

        id: 0000000000000000_0000000000000003@ID
        event: end
        data: {}

        """,
        recorded.text(SSE.ending(recorded.journal, killed)));
    String line = recorded.text(ndjson(null).ending(recorded.journal, killed));
    assertEquals(
        """
        {"offset":"0000000000000000_0000000000000003","time":"TIME","kind":"exit",\
        "status":143,"signal":"TERM"}
        """,
        line.replaceFirst("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z", "TIME"));
    assertEquals("143", RawEncoding.ALL.trailers(killed).get("Sluice-Exit-Status"));
    assertEquals(List.of("Sluice-Exit-Status"), RawEncoding.ALL.trailerNames());
  }

  @Test
  void the_end_of_what_was_no_command_has_no_status() {
    assertEquals(
        "id: 0000000000000000_0000000000000000@ID\nevent: end\ndata: {}\n\n",
        recorded.text(SSE.ending(recorded.journal, Ending.PLAIN)));
    assertEquals(0, ndjson(null).ending(recorded.journal, Ending.PLAIN).length);
    assertEquals(new Headers().size(), RawEncoding.ALL.trailers(Ending.PLAIN).size());
  }

  @Test
  void a_gap_tells_what_is_missing_and_raw_bytes_cannot() {
    String range =
        "\"from\":\"0000000000000000_0000000000000005\","
            + "\"to\":\"0000000000000000_0000000000000009\"}\n";
    assertEquals("event: gap\ndata: {" + range + "\n", recorded.text(SSE.gap(5, 9)));
    assertEquals(
        "{\"offset\":\"0000000000000000_0000000000000009\",\"kind\":\"gap\"," + range,
        recorded.text(ndjson(null).gap(5, 9)));
    assertEquals(0, RawEncoding.ALL.gap(5, 9).length);
  }

  @Test
  void a_silence_is_broken_where_the_format_has_something_for_it() {
    assertEquals(": heartbeat\n\n", recorded.text(SSE.heartbeat()));
    assertEquals(0, RawEncoding.ALL.heartbeat().length);
    assertEquals(0, ndjson(null).heartbeat().length);
  }

  @Test
  void encodings_whose_frames_are_the_same_are_equal() {
    assertEquals(SSE, new SseEncoding(null, true));
    assertEquals(SSE.hashCode(), new SseEncoding(null, true).hashCode());
    assertNotEquals(SSE, new SseEncoding(Kind.STDOUT, false));
    assertEquals(RawEncoding.ALL, new RawEncoding(null));
    assertEquals(new NdjsonEncoding(null), new NdjsonEncoding(null));
  }

  @Test
  void a_frame_ends_with_the_record_that_fills_it() {
    recorded.out("x".repeat(200_000));
    var frame = new FrameBuffer();
    long end = SSE.encode(recorded.journal, 0, 200_000, false, frame);
    assertEquals(64 * 1024, end);
    assertEquals(4, recorded.text(Recorded.bytes(frame)).split("event: ", -1).length - 1);
  }

  @Test
  void what_is_no_longer_kept_cannot_be_encoded() {
    var small = new Recorded(1);
    small.out("x".repeat(600 * 1024));
    var frame = new FrameBuffer();
    long tail = small.journal.tail().position();
    assertEquals(-1, RawEncoding.ALL.encode(small.journal, 0, tail, false, frame));
    assertEquals(-1, SSE.encode(small.journal, 0, tail, false, frame));
    assertEquals(-1, ndjson(null).encode(small.journal, 0, tail, false, frame));
  }

  private static NdjsonEncoding ndjson(Kind only) {
    return new NdjsonEncoding(only);
  }
}
