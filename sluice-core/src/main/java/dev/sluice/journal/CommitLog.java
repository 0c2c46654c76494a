package dev.sluice.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What makes appends safe: one log for all journals of a data directory, so that one force of one
 * file acknowledges whatever many producers have appended to many journals meanwhile. Segment files
 * get the bytes later, in large pieces; then the log is deleted.
 *
 * <p>A batch is checked and encoded, written, forced if one of its journals is durable, and then
 * shown to readers and acknowledged. If it fails, all of it is taken back, also the answers that
 * were given on account of it.
 *
 * <p>When a force fails, nobody knows what the disk has: from then on everything is refused, until
 * the directory is opened anew and the log is read.
 *
 * <p>Thread: one at a time, the committer's.
 */
final class CommitLog {
  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");

  private final Disk disk;
  private final Path directory;
  private final JournalLimits limits;
  private final long logBytes;
  private final ByteBuffer buffer = LogFile.newBuffer();
  private final SealedLogs sealed;
  private @Nullable LogFile current;
  private long nextNumber;
  private boolean failing;
  private @Nullable StorageFailedException failure;

  /**
   * A log.
   *
   * @param logBytes how many bytes a file of it has before the next is begun
   * @param nextNumber number of its next file
   * @param sealed takes files that are complete
   */
  CommitLog(
      Disk disk,
      Path directory,
      JournalLimits limits,
      long logBytes,
      long nextNumber,
      SealedLogs sealed) {
    this.sealed = sealed;
    this.disk = disk;
    this.directory = directory;
    this.limits = limits;
    this.logBytes = logBytes;
    this.nextNumber = nextNumber;
  }

  /** Takes a batch from its checks to its answers. */
  void commit(List<Pending> batch) {
    if (batch.isEmpty()) {
      return; // an idle directory has no log
    }
    List<Pending> accepted = new ArrayList<>(batch.size());
    Deque<AppendState.Undo> undos = new ArrayDeque<>();
    try {
      LogFile log = current(); // first: what it seals has nothing of this batch
      prepare(batch, accepted, undos);
      if (!accepted.isEmpty()) {
        write(log, accepted);
      }
    } catch (IOException e) {
      takeBack(accepted, undos, batch, e);
    }
    finish(batch, accepted);
  }

  private void prepare(List<Pending> batch, List<Pending> accepted, Deque<AppendState.Undo> undos) {
    for (Pending pending : batch) {
      Journal journal = pending.journal();
      AppendState state = journal.state();
      Append append = pending.append();
      if (append == null) {
        pending.end();
        continue;
      }
      try {
        AppendResult refused = state.check(append, journal.contents().start(), journal, limits);
        if (refused != null) {
          pending.result(refused);
          continue;
        }
      } catch (JournalLimitException e) {
        pending.fail(e);
        continue;
      }
      undos.push(state.advance(append));
      accepted.add(pending);
      pending.result(new AppendResult.Appended(new Offset(state.tail())));
    }
  }

  private void write(LogFile log, List<Pending> accepted) throws IOException {
    log.begin();
    boolean durable = false;
    try {
      for (Pending pending : accepted) {
        Journal journal = pending.journal();
        Append append = pending.append();
        AppendResult result = pending.result();
        if (append == null || !(result instanceof AppendResult.Appended(Offset end))) {
          throw new IllegalStateException("a batch with " + result);
        }
        long position = end.position() - append.length();
        log.put(new LogRecord(journal.name(), journal.id(), position, append));
        durable |= journal.options().durable();
      }
      log.commit(durable);
    } catch (StorageFailedException e) {
      throw stopped(e);
    } catch (IOException e) {
      try {
        log.rollBack();
      } catch (StorageFailedException worse) {
        worse.addSuppressed(e);
        throw stopped(worse);
      }
      throw e;
    }
    for (Pending pending : accepted) {
      log.journals().add(pending.journal());
    }
    if (failing) {
      failing = false;
      LOG.log(System.Logger.Level.INFO, "appends to {0} go on", directory);
    }
  }

  private StorageFailedException stopped(StorageFailedException e) {
    failure =
        new StorageFailedException(
            e.getMessage() + "; nothing more is appended: mend the disk, then start again", e);
    return failure;
  }

  /** Refuses everything from now on. */
  void stop(Throwable why) {
    failure = new StorageFailedException("the log failed: " + why, why);
  }

  private LogFile current() throws IOException {
    if (failure != null) {
      throw failure;
    }
    LogFile log = current;
    if (log != null && log.size() >= logBytes) {
      sealed.awaitRoom();
      seal();
      log = null;
    }
    if (log == null) {
      log = LogFile.create(disk, directory, nextNumber, buffer);
      try {
        disk.sync(directory);
      } catch (IOException e) {
        log.close();
        throw e;
      }
      nextNumber++;
      current = log;
    }
    return log;
  }

  /** Ends the current file, if it holds anything; the next append begins another one. */
  void seal() throws IOException {
    LogFile log = current;
    if (log == null || log.size() == 0) {
      return;
    }
    if (failure != null) {
      throw failure;
    }
    try {
      log.force(); // before anything that comes later is acknowledged
    } catch (StorageFailedException e) {
      throw stopped(e);
    }
    current = null;
    log.close();
    sealed.add(log.path(), log.journals());
  }

  private void takeBack(
      List<Pending> accepted, Deque<AppendState.Undo> undos, List<Pending> batch, IOException why) {
    for (Pending pending : accepted.reversed()) {
      pending.journal().state().undo(undos.pop());
    }
    accepted.clear();
    IOException told = DiskErrors.describe(why, directory);
    if (!failing) {
      failing = true;
      LOG.log(
          System.Logger.Level.ERROR,
          "nothing is appended: {0}; what was acknowledged is safe, and readers go on",
          told.getMessage());
    }
    for (Pending pending : batch) {
      if (pending.append() == null) {
        pending.end();
      } else if (!pending.isFailed()) {
        pending.fail(told);
      }
    }
  }

  private static void finish(List<Pending> batch, List<Pending> accepted) {
    for (Pending pending : accepted) {
      Append append = pending.append();
      if (append != null) {
        pending.journal().apply(append);
      }
    }
    Journal woken = null;
    for (Pending pending : accepted) {
      Journal journal = pending.journal();
      if (!journal.equals(woken)) {
        journal.use();
        journal.wake();
        woken = journal;
      }
    }
    for (Pending pending : batch) {
      pending.finish();
    }
  }

  void close() throws IOException {
    LogFile log = current;
    if (log != null) {
      log.close();
    }
  }
}
