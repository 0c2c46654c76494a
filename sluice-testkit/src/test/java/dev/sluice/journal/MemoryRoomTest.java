package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Journals in memory have so much of it together, and no more. */
final class MemoryRoomTest {
  private static final int MIB = 1024 * 1024;

  private final MemoryRoom room = new MemoryRoom(8 * MIB);
  private final MemoryStore store =
      new MemoryStore(JournalLimits.defaults(), null, Long.MAX_VALUE, room);

  @Test
  void what_is_full_refuses_and_goes_on_when_a_journal_is_deleted() throws IOException {
    Journal one = journal("one");
    Journal two = journal("two");
    for (int i = 0; i < 7; i++) {
      append(i % 2 == 0 ? one : two, MIB);
    }
    assertFull(() -> append(two, MIB));
    assertEquals(3 * MIB, two.tail().position());
    append(two, 1000);
    assertTrue(store.delete(one));
    append(two, MIB);
    two.close(Ending.PLAIN);
    assertTrue(store.delete(two));
    assertEquals(0, room.taken());
  }

  @Test
  void a_full_one_is_closed_nevertheless_and_nothing_is_created() throws IOException {
    Journal one = journal("one");
    append(one, 7 * MIB);
    assertFull(() -> append(one, 2 * MIB));
    assertFull(() -> {
      for (int i = 0; i < 2000; i++) {
        journal("j" + i);
      }
    });
    List<String> names = store.names();
    assertFull(() -> journal("two"));
    assertFull(() -> store.fork("two", one, Offset.ZERO, JournalOptions.defaults()));
    assertFull(() -> store.open("two", JournalOptions.defaults(), Append.close(Ending.PLAIN)));
    assertEquals(names, store.names());
    one.close(Ending.PLAIN);
    assertEquals(Ending.PLAIN, one.ending());
    store.close();
    assertEquals(0, room.taken());
  }

  @Test
  void what_retention_drops_makes_room() throws IOException {
    JournalOptions options = JournalOptions.defaults().withRetention(Retention.ofBytes(MIB));
    Journal journal = store.open("a", options).journal();
    for (int i = 0; i < 100; i++) {
      append(journal, MIB);
    }
    assertTrue(room.taken() < 3 * MIB, room.taken() + " bytes");
    store.close();
    assertEquals(0, room.taken());
  }

  @Test
  void forks_share_what_they_have_and_the_last_one_gives_it_back() throws IOException {
    Journal source = journal("source");
    append(source, 4 * MIB);
    long alone = room.taken();
    for (int i = 0; i < 100; i++) {
      var _ = store.fork("f" + i, source, source.tail(), JournalOptions.defaults());
    }
    assertTrue(room.taken() < alone + MIB, room.taken() + " bytes");
    assertTrue(store.delete(source));
    for (int i = 1; i < 100; i++) {
      assertTrue(store.delete(store.find("f" + i)));
    }
    assertTrue(room.taken() >= 4 * MIB, room.taken() + " bytes");
    assertTrue(store.delete(store.find("f0")));
    assertEquals(0, room.taken());
  }

  @Test
  void producers_and_journals_take_some_as_well() throws IOException {
    Journal journal = journal("a");
    for (int i = 0; i < 1000; i++) {
      var once = new ProducerSequence("p" + i, 0, 0);
      var append = Append.of(new byte[0]).withProducer(once);
      assertInstanceOf(AppendResult.Appended.class, journal.append(append));
      assertInstanceOf(AppendResult.Duplicate.class, journal.append(append));
    }
    assertTrue(room.taken() > 500_000, room.taken() + " bytes");
    assertTrue(store.delete(journal));
    assertEquals(0, room.taken());
    for (int i = 0; i < 1000; i++) {
      journal("j" + i);
    }
    assertTrue(room.taken() > 500_000, room.taken() + " bytes");
  }

  @Test
  void what_is_refused_at_its_first_append_takes_nothing() throws IOException {
    var first = Append.of(new byte[17 * MIB]);
    assertThrows(
        JournalLimitException.class, () -> store.open("a", JournalOptions.defaults(), first));
    assertEquals(0, room.taken());
    var expects = Append.of(new byte[1]).withExpectedTail(new Offset(5));
    assertThrows(
        IllegalArgumentException.class, () -> store.open("a", JournalOptions.defaults(), expects));
    assertEquals(0, room.taken());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatever_happens_all_comes_back(long seed) throws IOException {
    var random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      String name = "j" + random.nextInt(10);
      Journal journal = store.find(name);
      try {
        switch (random.nextInt(5)) {
          case 0 -> {
            if (journal != null) {
              store.delete(journal);
            }
          }
          case 1 -> {
            if (journal != null) {
              String fork = "j" + random.nextInt(10);
              var _ = store.fork(fork, journal, journal.tail(), journal.options());
            }
          }
          default -> append(journal == null ? journal(name) : journal, 1 + random.nextInt(MIB));
        }
      } catch (JournalLimitException | JournalGoneException e) {
        // full, or a source that still has forks
      }
      assertTrue(room.taken() >= 0, "seed " + seed);
    }
    store.close();
    assertEquals(0, room.taken(), "seed " + seed);
  }

  private Journal journal(String name) throws IOException {
    return store.open(name, JournalOptions.defaults()).journal();
  }

  private static void append(Journal journal, int size) throws IOException {
    assertInstanceOf(
        AppendResult.Appended.class, journal.append(Append.of(new byte[size])), "appended");
  }

  private static void assertFull(Executable action) {
    var full = assertThrows(JournalLimitException.class, action);
    assertEquals(JournalLimitException.Limit.MEMORY, full.limit());
  }
}
