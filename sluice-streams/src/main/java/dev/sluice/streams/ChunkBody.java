package dev.sluice.streams;

import dev.sluice.FrameBuffer;
import dev.sluice.RequestException;
import dev.sluice.Response;
import dev.sluice.journal.Journal;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/** Writes a chunk of a journal as the body of a response; messages as an array of JSON. */
final class ChunkBody {
  private static final int SMALL_STEP_BYTES = 8 * 1024;
  private static final int LARGE_STEP_BYTES = 64 * 1024;
  private static final int PART_OF_HEAP = 64;

  /** A client that takes nothing holds a step: so many may hold a large one. */
  private static final Semaphore LARGE =
      new Semaphore(
          (int)
              Math.min(
                  Short.MAX_VALUE,
                  Runtime.getRuntime().maxMemory() / PART_OF_HEAP / LARGE_STEP_BYTES));

  private final Journal journal;
  private final Chunk chunk;
  private final boolean json;

  ChunkBody(Journal journal, Chunk chunk) {
    this.journal = journal;
    this.chunk = chunk;
    this.json = ContentMode.of(journal.options().contentType()) == ContentMode.JSON;
  }

  /** Says how long it is. */
  void declare(Response response) {
    response.header("Content-Length", Long.toString(length()));
  }

  private long length() {
    long length = chunk.to() - chunk.from();
    if (!json) {
      return length;
    }
    return chunk.isEmpty() ? 2 : length + (endsWhole() ? 1 : 2);
  }

  /** Not if the last message of a closed journal was never ended. */
  private boolean endsWhole() {
    return JsonLines.isBoundary(journal, chunk.to());
  }

  /**
   * Writes it, with its length; cuts the response if not all of it can be read.
   *
   * @throws RequestException if nothing of it can, since the journal was deleted (404)
   */
  void write(Response response) throws IOException {
    declare(response);
    if (chunk.isEmpty()) {
      response.write(json ? "[]" : "");
      return;
    }
    boolean large = chunk.to() - chunk.from() > SMALL_STEP_BYTES && LARGE.tryAcquire();
    try {
      copy(large ? LARGE_STEP_BYTES : SMALL_STEP_BYTES, response);
    } finally {
      if (large) {
        LARGE.release();
      }
    }
  }

  private void copy(int stepBytes, Response response) throws IOException {
    var buffer = new FrameBuffer();
    if (json) {
      buffer.put('[');
    }
    for (long at = chunk.from(); at < chunk.to(); at += stepBytes) {
      long end = Math.min(chunk.to(), at + stepBytes);
      if (!journal.read(
          at, end, (kind, micros, after, bytes, from, length) -> buffer.put(bytes, from, length))) {
        if (at == chunk.from() && journal.deleted()) {
          throw new RequestException(404, "the journal was deleted");
        }
        response.abort("the bytes from " + at + " to " + end + " of " + journal + " are gone");
        return;
      }
      if (json) {
        separate(buffer, end == chunk.to());
      }
      response.write(buffer.array(), 0, buffer.size());
      buffer.clear();
    }
    if (json && !endsWhole()) {
      response.write("]");
    }
  }

  /** Line ends become commas, and the last one the end of the array. */
  private static void separate(FrameBuffer buffer, boolean last) {
    byte[] bytes = buffer.array();
    int size = buffer.size();
    for (int i = 0; i < size; i++) {
      if (bytes[i] == '\n') {
        bytes[i] = (byte) (last && i == size - 1 ? ']' : ',');
      }
    }
  }
}
