package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Encoding;
import dev.sluice.Handler;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.Kind;
import dev.sluice.journal.MemoryStore;
import dev.sluice.journal.Offset;
import dev.sluice.journal.Retention;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A test of clients that follow a journal of which only the latest one to two MiB are in memory.
 */
abstract class ColdFollowFixture extends FollowFixture {
  static final int MIB = Memory.MIB;

  /** Frames of what an encoding makes, in which the journal's bytes are not alone. */
  static final Encoding LARGE_LINES = new LineFollow(Encoding.FRAME_BYTES);

  @TempDir Path directory;

  MemoryStore store = new MemoryStore(JournalLimits.defaults());
  Journal cold = journal;

  @BeforeEach
  final void openStore() throws IOException {
    store = MemoryStore.spilling(JournalLimits.defaults(), directory, MIB);
    cold = newJournal("cold", Retention.ALL);
  }

  /** Who still follows one of them is cut. */
  @AfterEach
  final void closeStore() throws IOException {
    store.close();
  }

  final Journal newJournal(String name, Retention retention) throws IOException {
    return store.open(name, JournalOptions.defaults().withRetention(retention)).journal();
  }

  /** Follows from the offset that the query names: {@code /raw?0} or {@code /lines?0}. */
  final Handler followingCold() {
    return (request, response) -> {
      String[] target = request.target().split("\\?", 2);
      Encoding encoding = target[0].equals("/raw") ? RawFollow.RAW : LARGE_LINES;
      response.follow(cold, new Offset(Long.parseLong(target[1])), encoding, ends.next());
    };
  }

  static String get(String how, long from) {
    return "GET /%s?%d HTTP/1.1\r\nHost: test\r\n\r\n".formatted(how, from);
  }

  final RawClient askSlowly(String how, long from) throws IOException {
    return connect(SLOW).send(get(how, from));
  }

  /** Appends so that the beginning is in files. */
  final void appendCold(byte[] bytes) {
    for (int done = 0; done < bytes.length; done += MIB) {
      append(cold, bytes, done, Math.min(MIB, bytes.length - done));
    }
    assertTrue(cold.memoryFrom() > 0, "nothing is in files");
  }

  /** Appends a stretch in random pieces of both kinds. */
  static void appendPieces(Journal journal, byte[] all, int from, int to, Random random) {
    Instant time = Instant.EPOCH;
    for (int done = from; done < to; ) {
      int length = Math.min(to - done, 1 + random.nextInt(random.nextInt(8) == 0 ? 300_000 : 9000));
      time = time.plusNanos(random.nextInt(2_000_000));
      Kind kind = random.nextInt(4) == 0 ? Kind.STDERR : Kind.STDOUT;
      append(journal, kind, time, all, done, length);
      done += length;
    }
  }
}
