package dev.sluice.server;

import static dev.sluice.CloseReason.ABANDONED;
import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.CloseReason.RENEWED;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.DataDirectory;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.MemoryStore;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an encoding holds back: it comes when it is whole, costs nothing until then, and once. */
final class FollowHeldBackTest extends FollowFixture {
  private static final Duration SILENCE = Duration.ofMillis(100);

  private final WholeLines lines = new WholeLines(1 << 20, Duration.ZERO);
  @TempDir private Path directory;

  // In memory.

  @Test
  void it_comes_when_it_is_whole() throws Exception {
    serveFollowing(lines);
    append("a");
    var reader = new WholeLines.Reader(follow(0), 0);
    append("b\ncd");
    assertEquals("ab\n", reader.readTo(3).take());
    append("e\n\nf");
    assertEquals("cde\n\n", reader.readTo(8).take());
    journal.close(Ending.PLAIN);
    assertEquals("f", reader.readToEnd().take());
  }

  @Test
  void it_comes_when_the_journal_is_closed_before_anybody_asks() throws Exception {
    append("abc");
    journal.close(Ending.PLAIN);
    serveFollowing(lines);
    assertEquals("abc", new WholeLines.Reader(follow(0), 0).readToEnd().take());
    ends.await(COMPLETED);
  }

  /** Each of many viewers would encode it over and over. */
  @Test
  void it_is_encoded_about_once_for_each_append() throws Exception {
    serve(
        options -> options.withLoops(1).withTimeouts(options.timeouts().withHeartbeat(SILENCE)),
        following(lines));
    List<WholeLines.Reader> readers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      readers.add(new WholeLines.Reader(follow(0), 0));
    }
    for (int i = 0; i < 10; i++) {
      append("x");
    }
    for (WholeLines.Reader reader : readers) {
      reader.readBeats(2);
    }
    append("\n");
    for (WholeLines.Reader reader : readers) {
      assertEquals("xxxxxxxxxx\n", reader.readTo(11).take());
    }
    int calls = lines.calls().get();
    assertTrue(calls <= 11 + 2, calls + " calls");
    journal.close(Ending.PLAIN);
    for (WholeLines.Reader reader : readers) {
      reader.readToEnd();
    }
  }

  @Test
  void one_that_waits_for_the_rest_of_it_is_sent_away_or_cut_as_any_other() throws Exception {
    append("abc");
    serveFollowing(new WholeLines(100, Duration.ofMillis(1)));
    assertEquals("", new WholeLines.Reader(follow(0), 0).readToEnd().take());
    ends.await(RENEWED);
    journal.abandon();
    RawClient client = ask(0);
    FollowedBody.read(client);
    assertEquals("", client.readToEnd());
    ends.await(RENEWED, ABANDONED);
  }

  // In files.

  @Test
  void what_was_held_back_before_a_restart_comes_with_its_rest() throws Exception {
    try (DataDirectory data = reopened("abc\nde")) {
      Journal old = data.find("old");
      serveOld(old, lines);
      var reader = new WholeLines.Reader(follow(0), 0);
      assertEquals("abc\n", reader.readTo(4).take());
      reader.readBeats(2);
      int calls = lines.calls().get();
      assertTrue(calls <= 3, calls + " calls while nothing came");
      append(old, "f".getBytes(US_ASCII), 0, 1);
      reader.readBeats(1);
      append(old, "\ng".getBytes(US_ASCII), 0, 2);
      assertEquals("def\n", reader.readTo(8).take());
      old.close(Ending.PLAIN);
      assertEquals("g", reader.readToEnd().take());
      ends.await(COMPLETED);
    }
  }

  @Test
  void what_was_held_back_before_a_restart_comes_with_the_close() throws Exception {
    try (DataDirectory data = reopened("abc\nde")) {
      Journal old = data.find("old");
      serveOld(old, lines);
      var reader = new WholeLines.Reader(follow(4), 4).readBeats(1);
      old.close(Ending.PLAIN);
      assertEquals("de", reader.readToEnd().take());
      ends.await(COMPLETED);
    }
  }

  @Test
  void one_that_waits_for_what_is_in_files_is_sent_away_or_cut_as_any_other() throws Exception {
    try (DataDirectory data = reopened("abc\nde")) {
      Journal old = data.find("old");
      serveOld(old, new WholeLines(100, Duration.ofMillis(1)));
      assertEquals("abc\n", new WholeLines.Reader(follow(0), 0).readToEnd().take());
      ends.await(RENEWED);
      old.abandon();
      RawClient client = ask(4);
      FollowedBody.read(client);
      assertEquals("", client.readToEnd());
      ends.await(RENEWED, ABANDONED);
    }
  }

  @Test
  void one_that_waits_for_what_is_in_files_hears_of_a_later_abandon() throws Exception {
    try (DataDirectory data = reopened("de")) {
      Journal old = data.find("old");
      serveOld(old, lines);
      RawClient client = ask(0);
      new WholeLines.Reader(FollowedBody.read(client), 0).readBeats(1);
      old.abandon();
      assertFalse(client.readToEnd().contains("0\r\n\r\n"), "a cut that looks complete");
      ends.await(ABANDONED);
    }
  }

  private void serveOld(Journal old, WholeLines encoding) throws IOException {
    serve(
        options -> options.withTimeouts(options.timeouts().withHeartbeat(SILENCE)),
        (request, response) -> {
          long from = Long.parseLong(request.target().substring(2));
          response.follow(old, new Offset(from), encoding, ends.next());
        });
  }

  /** A directory with a journal that was written before it was opened. */
  private DataDirectory reopened(String text) throws IOException {
    JournalOptions options = JournalOptions.defaults().withDurable(false);
    try (DataDirectory data = DataDirectory.open(directory, JournalLimits.defaults())) {
      byte[] bytes = text.getBytes(US_ASCII);
      append(data.open("old", options).journal(), bytes, 0, bytes.length);
    }
    return DataDirectory.open(directory, JournalLimits.defaults());
  }

  // In parts.

  /**
   * It has a part of a frame when the journal goes on, when others throw the frame out of the
   * cache, when its bytes leave the memory, and when the journal is closed; what was held back then
   * comes too. The number is the seed.
   */
  @ParameterizedTest
  @CsvSource({"1, false, 60000", "2, false, 3000000", "3, true, 60000", "4, true, 3000000"})
  void a_frame_that_was_sent_in_part_goes_on_as_it_began(long seed, boolean spills, int stride)
      throws Exception {
    var random = new Random(seed);
    try (MemoryStore store = newStore(spills)) {
      Journal one = store.open("one", JournalOptions.defaults()).journal();
      var large = new WholeLines(stride, Duration.ZERO);
      serve(
          options -> options.withLoops(1),
          (request, response) ->
              response.follow(
                  one,
                  new Offset(Long.parseLong(request.target().substring(2))),
                  request.target().endsWith("0") ? large : new WholeLines(50_000, Duration.ZERO),
                  ends.next()));
      var all = new StringBuilder();
      while (all.length() < 8 << 20) {
        add(one, all, line(random, stride / 2) + "\n");
      }
      add(one, all, "held");
      var slow = new WholeLines.Reader(FollowedBody.read(ask(0, SLOW)), 0);
      Await.until("it has a frame", () -> large.calls().get() > 0);
      do {
        add(one, all, line(random, 400_000) + "\nheld back");
      } while (spills && one.memoryFrom() <= 8 << 20);
      var other = new WholeLines.Reader(follow(1), 1).readTo(all.lastIndexOf("\n") + 1);
      assertTrue(all.substring(1, all.lastIndexOf("\n") + 1).equals(other.take()), "the other one");
      for (int i = 0; i < 5; i++) { // by now the slow one has a part, of what ended before
        add(one, all, line(random, 60_000) + "\nheld back");
        other.readTo(all.lastIndexOf("\n") + 1);
      }
      close(one);
      assertTrue(all.toString().equals(slow.readToEnd().take()), "the slow one");
      assertTrue(other.readToEnd().take().endsWith("held back"));
      ends.await(COMPLETED, COMPLETED);
    }
  }

  private MemoryStore newStore(boolean spills) {
    JournalLimits limits = JournalLimits.defaults();
    return spills ? MemoryStore.spilling(limits, directory, 1 << 20) : new MemoryStore(limits);
  }

  private static void add(Journal journal, StringBuilder all, String text) {
    all.append(text);
    append(journal, text.getBytes(US_ASCII), 0, text.length());
  }

  private static String line(Random random, int lengthMax) {
    return String.valueOf((char) ('a' + random.nextInt(26)))
        .repeat(lengthMax / 2 + random.nextInt(lengthMax / 2));
  }
}
