package dev.sluice.streams;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.Kind;
import dev.sluice.journal.MemoryStore;
import dev.sluice.server.ServerOptions;
import dev.sluice.testkit.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Followers of events that read so slowly that what they are to get has left the memory. */
final class StreamSlowTest extends StreamFixture {
  private static final int MIB = 1 << 20;
  private static final String PIECE = "{\"a\":\"\u00e2\u0082\u00ac\"}";

  @TempDir private Path directory;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Override
  protected JournalLimits limits() {
    return JournalLimits.defaults();
  }

  @Override
  protected JournalStore newStore(JournalLimits limits) {
    return MemoryStore.spilling(limits, directory, MIB);
  }

  @Override
  protected ServerOptions serverOptions() {
    ServerOptions options = super.serverOptions();
    return options.withTimeouts(options.timeouts().withHeartbeat(Duration.ofMillis(1)));
  }

  /** The reader throws if one is within an event, which here has many frames. */
  @Test
  void a_silence_is_broken_but_no_event() throws IOException {
    Journal journal =
        store.open("a", JournalOptions.defaults().withContentType("application/json")).journal();
    RawClient slow = connect(RawClient.Options.DEFAULTS.withReceiveBufferBytes(4096));
    var events = new EventClient(slow.send(headOf("GET /v1/stream/a?live=sse&offset=-1", "")));
    events.control();
    String large = "\"" + "x".repeat(3 * MIB) + "\"";
    for (int round = 1; round <= 2; round++) {
      while (events.parser.comments() < round) {
        assertTrue(events.readChunk());
      }
      add(journal, large + "\n");
      assertTrue(events.data().equals("[" + large + "]"), "the message");
      events.control();
    }
    close("a");
    assertTrue(events.rest().getLast().data().contains("streamClosed"));
  }

  /** While it has a part of something: more comes, the memory forgets, the journal is closed. */
  @ParameterizedTest
  @CsvSource({"application/json, 1", "text/plain, 2", "image/png, 3"})
  void one_gets_every_byte_once(String type, long seed) throws IOException {
    var random = new Random(seed);
    Journal journal = store.open("a", JournalOptions.defaults().withContentType(type)).journal();
    while (written.size() < 10 * MIB) {
      add(journal, line(random, 200_000) + "\n");
    }
    RawClient slow = connect(RawClient.Options.DEFAULTS.withReceiveBufferBytes(4096));
    var events = new EventClient(slow.send(headOf("GET /v1/stream/a?live=sse&offset=-1", "")));
    events.readChunk();
    while (journal.memoryFrom() < 10 * MIB) {
      add(journal, line(random, 200_000));
      add(journal, "\n");
    }
    add(journal, "\"\u00e2");
    EventClient other =
        new EventClient(connect().send(headOf("GET /v1/stream/a?live=sse&offset=-1", "")));
    other.readChunk();
    add(journal, "\u0082\u00ac\"");
    close("a");
    for (EventClient client : new EventClient[] {events, other}) {
      var got = new StringBuilder();
      EventParser.Event last = null;
      for (EventParser.Event event : client.rest()) {
        last = event;
        if (event.type().equals("data")) {
          got.append(decoded(type, event.data()));
        }
      }
      assertTrue(last.data().contains("\"streamClosed\":true"), last.data());
      String all = written.toString(ISO_8859_1);
      String expected = type.equals("application/json") ? all.replace('\n', ',') + "," : all;
      assertTrue(expected.equals(got.toString()), "what came is not what was written");
    }
  }

  private static String decoded(String type, String data) {
    return switch (type) {
      case "application/json" -> data.substring(1, data.length() - 1) + ",";
      case "text/plain" -> data;
      default -> new String(Base64.getDecoder().decode(data), ISO_8859_1);
    };
  }

  private static String line(Random random, int lengthMax) {
    int count = 1 + random.nextInt(lengthMax / PIECE.length());
    return "[" + (PIECE + ",").repeat(count - 1) + PIECE + "]";
  }

  private void add(Journal journal, String latin1) {
    byte[] bytes = latin1.getBytes(ISO_8859_1);
    written.writeBytes(bytes);
    new Recorded(journal).add(Kind.STDOUT, bytes);
  }
}
