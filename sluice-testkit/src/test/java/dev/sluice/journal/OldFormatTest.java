package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory as format 1 had it, left by a process that was killed. */
final class OldFormatTest {
  private static final String META =
      """
      #crc32c 6ffaf891
      #Sun Nov 22 16:24:25 UTC 2026
      contentType=text/plain
      durable=true
      forkedAt=0
      id=584414d0
      keep.bytes=1000000
      name=a/b
      opened=2026-11-22T16\\:24\\:25.630298289Z
      producer.0=3 0 p
      """;

  private static final String INDEX = "000000058a3ea15000000000006acfc00100000047cc7ea0";

  private static final String LOG =
      "000000334ea7bb41010003612f62584414d0000000000000000500000000"
          + "007a1200017000000000000000030000000000000001207365636f6e6400"
          + "000029ef5c6736020003612f62584414d0000000000000000c0000000000"
          + "89544000000002045445524d207468697264"
          + "00".repeat(1000);

  @TempDir private Path root;

  @BeforeEach
  void write() throws IOException {
    Path journal = Files.createDirectories(root.resolve("journals/a+b"));
    Path logs = Files.createDirectory(root.resolve("log"));
    Files.writeString(root.resolve("format"), "sluice data 1\n");
    Files.writeString(journal.resolve("meta"), META);
    Files.writeString(journal.resolve("0000000000000000.data"), "first");
    Files.write(journal.resolve("0000000000000000.index"), HexFormat.of().parseHex(INDEX));
    Files.write(logs.resolve("0000000000000001.log"), HexFormat.of().parseHex(LOG));
  }

  @Test
  void it_is_opened_with_all_that_it_holds_and_is_of_the_new_format_then() throws IOException {
    for (int start = 0; start < 2; start++) {
      try (DataDirectory data = DataDirectory.open(root, JournalLimits.defaults())) {
        Journal journal = data.find("a/b");
        assertEquals(
            List.of("stderr 7000000 first", "stdout 8000000  second", "stdout 9000000  third"),
            Records.of(journal).shown());
        assertEquals("584414d0", journal.id());
        assertEquals(Retention.ofBytes(1_000_000), journal.options().retention());
        assertEquals(new Ending(2, "TERM"), journal.ending());
        assertEquals(Instant.ofEpochSecond(9), journal.closed());
        assertNull(journal.origin());
      }
      assertEquals("sluice data 2\n", Files.readString(root.resolve("format")));
    }
  }
}
