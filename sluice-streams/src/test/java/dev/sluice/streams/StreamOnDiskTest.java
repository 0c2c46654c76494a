package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.journal.DataDirectory;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StreamOnDiskTest extends StreamContract {
  @TempDir private Path directory;

  @Override
  protected JournalStore newStore(JournalLimits limits) throws IOException {
    return DataDirectory.open(directory, limits);
  }

  @Test
  void a_server_that_is_started_again_knows_everything() throws Exception {
    String expiry = "Stream-Expires-At: 2999-01-01T00:00:00.1234567Z\r\n";
    String producer = "Producer-Id: p\r\nProducer-Epoch: 7\r\nProducer-Seq: 0\r\n";
    put("a", TEXT + expiry, "abc");
    put("b", "Stream-TTL: 3600\r\nStream-Closed: true\r\n", "");
    assertEquals(200, post("a", TEXT + producer, "d").status());
    stop();
    start();
    Answer again = put("a", TEXT + expiry, "abc");
    assertEquals(200, again.status());
    assertEquals(offset(4), again.field("Stream-Next-Offset"));
    Answer closed = put("b", "Stream-TTL: 3600\r\nStream-Closed: true\r\n", "");
    assertEquals(200, closed.status());
    assertEquals("true", closed.field("Stream-Closed"));
    Answer duplicate = post("a", TEXT + producer, "d");
    assertEquals(204, duplicate.status());
    assertEquals("0", duplicate.field("Producer-Seq"));
    assertEquals(409, post("b", octets(), "x").status());
    close("a");
    assertEquals("abcd", unchunked(read("a")));
  }
}
