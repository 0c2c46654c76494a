package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the logs that were left because the process was killed: what they hold is put into the
 * memory of its journals, as if it had just been appended.
 *
 * <p>Thread: the one that opens the directory.
 */
final class LogReplay {
  private static final Pattern NAME = Pattern.compile("([0-9]{16})\\.log");
  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");

  private final Disk disk;
  private final Path directory;
  private final List<Long> numbers = new ArrayList<>();

  LogReplay(Disk disk, Path directory) throws IOException {
    this.disk = disk;
    this.directory = directory;
    for (String name : disk.list(directory)) {
      Matcher matcher = NAME.matcher(name);
      if (matcher.matches()) {
        numbers.add(Long.valueOf(matcher.group(1)));
      }
    }
    numbers.sort(null);
  }

  long nextNumber() {
    return numbers.isEmpty() ? 1 : numbers.getLast() + 1;
  }

  /** Reads them; their journals are opened. The logs are then to be deleted by a checkpoint. */
  void run(JournalFolders folders, SealedLogs sealed) throws IOException {
    for (Long number : numbers) {
      Path path = directory.resolve(LogFile.fileName(number));
      Set<Journal> journals = new LinkedHashSet<>();
      try (DiskFile file = disk.open(path, false)) {
        boolean last = number.equals(numbers.getLast());
        var replay = new Replaying(folders, journals);
        long end = LogFile.replay(file, path, number, last, replay::apply);
        if (last) {
          file.truncate(end); // what is torn must not be taken for damage later
          LogFile.rewrite(file, end);
        }
      }
      sealed.add(path, journals);
    }
  }

  /** Puts the records of one log into journals. */
  private record Replaying(JournalFolders folders, Set<Journal> journals) {
    void apply(LogRecord record) throws IOException {
      Journal journal = folders.findForReplay(record);
      if (journal == null) {
        return; // deleted since
      }
      journals.add(journal);
      AppendState state = journal.state();
      Contents contents = journal.contents();
      Append append = record.append();
      long end = record.position() + append.length();
      if (record.position() > contents.tail()) {
        LOG.log(
            System.Logger.Level.ERROR,
            "journal {0}: the bytes from {1} to {2} are lost; the rest can be read",
            journal,
            journal.tail(),
            new Offset(record.position()));
        contents.skipTo(record.position());
      }
      if (end > contents.tail()) {
        int done = (int) (contents.tail() - record.position());
        contents.append(
            append.kind(),
            append.micros(),
            append.bytes(),
            append.offset() + done,
            append.length() - done);
      }
      state.replay(append, contents.tail());
      journal.replayed();
    }
  }
}
