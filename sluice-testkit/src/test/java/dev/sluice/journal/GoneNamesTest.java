package dev.sluice.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of a data directory that are gone, over restarts. */
final class GoneNamesTest {
  private static final JournalOptions PLAIN = JournalOptions.defaults();
  private static final DataTuning TUNING = new DataTuning(1 << 20, Duration.ofDays(1), false);

  @TempDir private Path temporary;
  private Path root;
  private DataDirectory data;

  @BeforeEach
  void open() throws IOException {
    root = temporary.resolve("data");
    data = DataDirectory.open(root, JournalLimits.defaults(), TUNING, new SystemDisk());
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  private void restart() throws IOException {
    close();
    open();
  }

  private Journal journal(String name) throws IOException {
    Journal found = data.find(name);
    assertNotNull(found, name);
    return found;
  }

  private Journal create(String name) throws IOException {
    return data.open(name, PLAIN, Append.of(name.getBytes(UTF_8))).journal();
  }

  private static Journal fork(JournalStore store, String name, Journal source) throws IOException {
    return store.fork(name, source, source.tail(), PLAIN).journal();
  }

  private List<String> files(String directory) throws IOException {
    try (Stream<Path> all = Files.list(root.resolve(directory))) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void they_are_gone_until_the_last_fork_is_whatever_restarts_are_in_between() throws Exception {
    Journal source = create("a/b");
    fork(data, "c", fork(data, "b", source));
    restart();
    assertTrue(data.delete(journal("a/b")));
    restart();
    assertTrue(data.isGone("a/b"));
    assertThrows(JournalGoneException.class, () -> create("a/b"));
    assertEquals(List.of("b", "c"), data.names());
    assertEquals(new Origin("a/b", source.id(), source.tail()), journal("b").origin());
    assertTrue(data.delete(journal("b")));
    assertEquals(List.of("a+b", "b"), files("gone"));
    restart();
    assertEquals("a/b", Records.of(journal("c")).text());
    assertTrue(data.isGone("a/b") && data.isGone("b"));
    assertTrue(data.delete(journal("c")));
    restart();
    assertFalse(data.isGone("a/b"));
    assertFalse(data.isGone("b"));
    assertEquals(List.of(), files("gone"));
    create("a/b");
    restart();
    assertEquals(List.of("a/b"), data.names());
    assertFalse(data.isGone("a/b"));
  }

  @Test
  void nothing_but_the_name_is_kept_of_them() throws Exception {
    Journal source = create("source");
    fork(data, "fork", source);
    data.delete(source);
    assertEquals(List.of("fork"), files("journals"));
    assertEquals(List.of("source"), files("gone"));
    assertEquals("source", Records.of(journal("fork")).text());
  }

  @Test
  void a_directory_is_opened_and_a_name_is_looked_at_without_opening_others() throws Exception {
    Journal source = create("source");
    fork(data, "fork", source);
    data.delete(source);
    close();
    Files.writeString(root.resolve("journals/fork/meta"), "damaged");
    open();
    assertEquals(List.of("fork"), data.names());
    assertTrue(data.isGone("source"), "a fork that cannot be looked at is there");
    assertThrows(IOException.class, () -> data.find("fork"));
  }

  @Test
  void a_deletion_that_a_crash_has_taken_back_leaves_the_journal() throws Exception {
    fork(data, "fork", create("source"));
    close();
    Path journal = root.resolve("journals/source");
    Path saved = Files.createDirectory(temporary.resolve("saved"));
    for (String name : files("journals/source")) {
      Files.createLink(saved.resolve(name), journal.resolve(name));
    }
    open();
    data.delete(journal("source"));
    close();
    Files.move(saved, journal);
    assertEquals(List.of("source"), files("gone"));
    open();
    assertFalse(data.isGone("source"));
    assertEquals(List.of(), files("gone"));
    assertEquals("source", Records.of(journal("source")).text());
  }

  @Test
  void a_file_that_is_damaged_is_told_and_its_name_is_free() throws Exception {
    Journal source = create("source");
    fork(data, "fork", source);
    data.delete(source);
    close();
    Path file = root.resolve("gone/source");
    Files.writeString(file, Files.readString(file).replace("fork@", "work@"));
    open();
    try (var log = new JournalLog()) {
      assertFalse(data.isGone("source"));
      String told = String.join("\n", log.lines());
      assertTrue(told.contains("gone/source is damaged"), told);
    }
    create("source");
  }

  @Test
  void a_line_that_was_cut_by_a_crash_is_none() throws Exception {
    Journal source = create("source");
    fork(data, "first", source);
    close();
    Path forks = root.resolve("journals/source/forks");
    Files.writeString(forks, Files.readString(forks) + "seco\0\0\0\0\0nd@0123");
    open();
    Journal second = fork(data, "second", journal("source"));
    assertEquals(2, Files.readAllLines(forks).size());
    restart();
    data.delete(journal("first"));
    data.delete(journal("source"));
    assertTrue(data.isGone("source"));
    assertNotNull(second);
    data.delete(journal("second"));
    assertFalse(data.isGone("source"));
  }

  @Test
  void the_list_of_forks_does_not_grow_with_those_that_are_not_there_any_more() throws Exception {
    Path directory = Path.of("source");
    var disk = new SimDisk(directory, new Random(1));
    var list = new ForkList(disk, directory);
    ForkList.Survey survey = forks -> forks.stream().filter(f -> f.startsWith("kept")).toList();
    for (int i = 0; i < 500; i++) {
      list.add((i % 100 == 7 ? "kept-" : "fork-") + i + "@01234567", survey);
    }
    List<String> read = new ForkList(disk, directory).all();
    assertEquals(list.all(), read);
    assertTrue(read.size() <= 65, "" + read.size());
    for (int i = 7; i < 500; i += 100) {
      assertTrue(read.contains("kept-" + i + "@01234567"));
    }
    assertEquals("fork-499@01234567", read.getLast());
  }

  @Test
  void forks_in_their_thousands_are_deleted_in_any_order() throws Exception {
    var disk = new SimDisk(Path.of("many"), new Random(1));
    try (var many = DataDirectory.open(Path.of("many"), JournalLimits.defaults(), TUNING, disk)) {
      Journal root = many.open("root", PLAIN, Append.of(new byte[10])).journal();
      List<Journal> forks = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        forks.add(fork(many, "wide-" + i, root));
      }
      many.delete(root);
      for (Journal fork : forks) {
        assertTrue(many.isGone("root"));
        many.delete(fork);
      }
      assertFalse(many.isGone("root"));
    }
  }

  @Test
  void a_line_of_descent_may_be_as_deep_as_there_are_journals() throws Exception {
    int depth = 1000;
    var disk = new SimDisk(Path.of("deep"), new Random(1));
    JournalLimits limits = JournalLimits.defaults().withJournalsMax(depth);
    try (var deep = DataDirectory.open(Path.of("deep"), limits, TUNING, disk)) {
      Journal last = deep.open("0", PLAIN, Append.of(new byte[10])).journal();
      for (int i = 1; i < depth; i++) {
        Journal next = fork(deep, "" + i, last);
        deep.delete(last);
        last = next;
      }
      assertThrows(JournalLimitException.class, () -> deep.open("more", PLAIN));
      assertTrue(deep.isGone("0"));
      assertEquals(10, last.tail().position());
      deep.delete(last);
      assertInstanceOf(JournalStore.Opened.class, deep.open("more", PLAIN));
      assertNull(deep.find("0"));
      assertEquals(List.of("more"), deep.names());
      assertFalse(deep.isGone("0"));
    }
  }
}
