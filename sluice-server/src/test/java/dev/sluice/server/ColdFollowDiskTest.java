package dev.sluice.server;

import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.CloseReason.UNREADABLE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.DataDirectory;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Viewers of a journal that was written before the process began, and of one that is damaged. */
@Tag("external")
final class ColdFollowDiskTest extends FollowFixture {
  private static final long SEED = 1;

  @TempDir Path directory;

  private final byte[] all = noise(6 * Memory.MIB, SEED);
  private @Nullable DataDirectory data;
  private Journal old = journal;

  @BeforeEach
  void write() throws IOException {
    open();
    ColdFollowFixture.appendPieces(old, all, 0, 5 * Memory.MIB, new Random(SEED));
    close();
  }

  @AfterEach
  void close() throws IOException {
    Objects.requireNonNull(data).close();
  }

  private void open() throws IOException {
    data = DataDirectory.open(directory, JournalLimits.defaults());
    old = data.open("old", JournalOptions.defaults().withDurable(false)).journal();
  }

  private void serveOld() throws IOException {
    serve((request, response) -> {
      boolean raw = request.target().equals("/raw");
      response.follow(old, Offset.ZERO, raw ? RawFollow.RAW : LineFollow.LINES, ends.next());
    });
  }

  private RawClient ask(String how) throws IOException {
    return connect(SLOW).send("GET /%s HTTP/1.1\r\nHost: test\r\n\r\n".formatted(how));
  }

  /** Overwrites a byte in the file. */
  private void damage(long position) throws IOException {
    Path file = directory.resolve("journals/old/0000000000000000.data");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {(byte) ~all[(int) position]}), position);
    }
  }

  @Test
  void what_was_there_and_what_is_appended_come_as_one() throws Exception {
    open();
    assertEquals(5 * Memory.MIB, old.memoryFrom());
    serveOld();
    RawClient raw = ask("raw");
    FollowedBody lines = FollowedBody.read(ask("lines"));
    ColdFollowFixture.appendPieces(old, all, 5 * Memory.MIB, all.length, new Random(SEED));
    close(old);
    assertArrayEquals(all, new Lines(lines, 0, all).readToEnd().data());
    new ColdFollowBody(raw, all, 0).readToEnd();
  }

  /** A viewer that comes out of the files in the middle of a frame. */
  @Test
  void where_files_and_memory_have_the_same_bytes_each_is_sent_once() throws Exception {
    open();
    ColdFollowFixture.appendPieces(old, all, 5 * Memory.MIB, all.length, new Random(SEED));
    // Which moves all to files, and leaves the latest in memory.
    Objects.requireNonNull(data).fork("fork", old, old.tail(), JournalOptions.defaults());
    int inMemory = (int) old.memoryFrom();
    assertTrue(inMemory > 4 * Memory.MIB && inMemory < all.length, "from " + inMemory);
    serve((request, response) -> {
      long from = Long.parseLong(request.target().substring(1));
      response.follow(old, new Offset(from), RawFollow.RAW, ends.next());
    });
    close(old);
    for (int from = inMemory - 1; from > 0; from -= 60_000) {
      RawClient slow = connect(SLOW).send("GET /%d HTTP/1.1\r\nHost: test\r\n\r\n".formatted(from));
      new ColdFollowBody(slow, all, from).readToEnd();
    }
  }

  @Test
  void damage_in_the_middle_is_a_gap_and_the_rest_still_comes() throws Exception {
    damage(3_000_000);
    open();
    close(old);
    serveOld();
    Lines lines = new Lines(FollowedBody.read(ask("lines")), 0).readToEnd();
    assertEquals(1, lines.gaps());
    byte[] got = lines.data();
    int same = Arrays.mismatch(got, all);
    assertEquals(
        -1,
        Arrays.mismatch(
            got, same, got.length, all, same + 5 * Memory.MIB - got.length, 5 * Memory.MIB));
    ends.await(COMPLETED);
    server.expectLogged("is damaged");
  }

  @Test
  void raw_bytes_end_before_the_damage_with_a_cut() throws Exception {
    damage(3_000_000);
    open();
    close(old);
    serveOld();
    RawClient client = ask("raw");
    FollowedBody body = FollowedBody.read(client);
    int before = 3_000_000 - 300_000 - 1; // a record is not longer than that
    assertArrayEquals(Arrays.copyOf(all, before), body.readNBytes(before));
    assertFalse(client.readToEnd().endsWith("\r\n0\r\n\r\n"), "a cut is no end");
    ends.await(UNREADABLE);
    server.expectLogged("is damaged");
  }
}
