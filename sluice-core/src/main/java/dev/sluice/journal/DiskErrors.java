package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** What a failed system call means. */
final class DiskErrors {
  private DiskErrors() {}

  /** The JDK tells ENOSPC and EDQUOT by their text alone. */
  static boolean isFull(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("No space left") || message.contains("Disk quota exceeded");
  }

  /** In words, with the file's name. */
  static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "permission denied on " + denied.getFile();
      case FileAlreadyExistsException file -> file.getFile() + " is not a directory";
      case NotDirectoryException file -> file.getFile() + " is not a directory";
      case NoSuchFileException file -> file.getFile() + " is missing";
      default -> String.valueOf(e.getMessage());
    };
  }

  static IOException describe(IOException e, Path where) {
    if (e instanceof StorageFailedException
        || e instanceof DiskFullException
        || e instanceof JournalLimitException
        || e instanceof JournalGoneException) {
      return e;
    }
    return isFull(e)
        ? new DiskFullException(
            "the disk of " + where + " is full; make room, and appends go on", e)
        : new IOException("cannot write to " + where + ": " + e.getMessage(), e);
  }
}
