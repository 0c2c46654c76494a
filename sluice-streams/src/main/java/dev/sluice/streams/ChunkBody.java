package dev.sluice.streams;

import dev.sluice.FrameBuffer;
import dev.sluice.Response;
import dev.sluice.journal.Journal;
import java.io.IOException;

/** Writes a chunk of a journal as the body of a response; messages as an array of JSON. */
final class ChunkBody {
  private static final int STEP_BYTES = 64 * 1024;

  private final Journal journal;
  private final Chunk chunk;
  private final boolean json;

  ChunkBody(Journal journal, Chunk chunk) {
    this.journal = journal;
    this.chunk = chunk;
    this.json = ContentMode.of(journal.options().contentType()) == ContentMode.JSON;
  }

  /** Writes it, with its length; cuts the response if not all of it can be read. */
  void write(Response response) throws IOException {
    var buffer = new FrameBuffer();
    if (!json) {
      response.header("Content-Length", Long.toString(chunk.to() - chunk.from()));
      copy(buffer, response);
    } else if (chunk.isEmpty()) {
      response.write("[]");
    } else {
      boolean whole = JsonLines.isBoundary(journal, chunk.to()); // not if the last was never ended
      long length = chunk.to() - chunk.from() + (whole ? 1 : 2);
      response.header("Content-Length", Long.toString(length));
      buffer.put('[');
      copy(buffer, response);
      if (!whole) {
        response.write("]");
      }
    }
  }

  private void copy(FrameBuffer buffer, Response response) throws IOException {
    for (long at = chunk.from(); at < chunk.to(); at += STEP_BYTES) {
      long end = Math.min(chunk.to(), at + STEP_BYTES);
      boolean read =
          journal.read(
              at,
              end,
              (kind, micros, recordEnd, bytes, offset, length) ->
                  buffer.put(bytes, offset, length));
      if (!read) {
        response.abort("the bytes from " + at + " to " + end + " of " + journal + " are gone");
        return;
      }
      if (json) {
        separate(buffer, end == chunk.to());
      }
      response.write(buffer.array(), 0, buffer.size());
      buffer.clear();
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
