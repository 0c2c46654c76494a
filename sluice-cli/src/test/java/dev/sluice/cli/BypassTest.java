package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.MemoryStore;
import dev.sluice.process.Output;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** A journal that takes no more: the command goes on, and what it says is seen. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class BypassTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void output_goes_past_a_full_journal_which_is_not_closed() throws Exception {
    var store = new MemoryStore(JournalLimits.defaults().withJournalBytesMax(10));
    Journal journal = store.open("log", JournalOptions.defaults()).journal();
    var echo = new Echo(journal, out, err);
    var writer = new JournalWriter(journal, echo);
    echo.start();
    writer.append(output(Output.Kind.STDOUT, "12345\n"));
    assertFalse(writer.cut());
    writer.append(output(Output.Kind.STDOUT, "67890\n"));
    assertTrue(writer.cut());
    writer.append(output(Output.Kind.STDERR, "!\n"));
    writer.append(output(Output.Kind.STDOUT, "x\n"));
    writer.close(new Ending(0, null));
    echo.await();
    assertEquals("12345\n67890\nx\n", out.toString(StandardCharsets.US_ASCII));
    assertEquals("!\n", err.toString(StandardCharsets.US_ASCII));
    assertEquals(6, journal.tail().position(), "no hole, although a byte would have had room");
    assertNull(journal.ending(), "it must not look whole");
    assertTrue(journal.abandoned(), "nor are viewers to wait");
  }

  private static Output output(Output.Kind kind, String text) {
    return new Output(
        kind, Instant.EPOCH, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }
}
