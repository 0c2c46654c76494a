package dev.sluice.spi;

import dev.sluice.Encoding;
import dev.sluice.Feature;
import dev.sluice.Headers;
import dev.sluice.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response's status, fields and body on their way to the wire.
 *
 * <p>The head is <i>fixed</i> when the first byte is written and <i>sent</i> with the first bytes
 * that leave; between the two it may still be forgotten. Bytes that fit into the buffer wait there;
 * what does not fit is sent together with it, uncopied.
 *
 * <p>Thread safety: none. {@link StreamingResponse} lets one call in at a time.
 */
final class OutgoingMessage {
  private final Wire wire;
  private final boolean answersHead;
  private volatile Headers headers = new Headers();
  private final Headers trailers = new Headers();
  private final List<String> trailerNames = new ArrayList<>(0);

  private int status;
  private volatile boolean fixed;
  private boolean headSent;
  private long declaredLength = Head.UNKNOWN;
  private long bodyBytes;
  private long flushes;
  private @Nullable ByteBuffer buffer;

  OutgoingMessage(Wire wire, boolean answersHead) {
    this.wire = wire;
    this.answersHead = answersHead;
  }

  Headers headers() {
    return headers;
  }

  Headers trailers() {
    return trailers;
  }

  /** The final status, or 0 while it is not chosen. */
  int status() {
    return status;
  }

  void status(int newStatus) {
    if (status != 0) {
      throw new IllegalStateException("status " + newStatus + " after status " + status);
    }
    status = newStatus;
  }

  boolean fixed() {
    return fixed;
  }

  boolean headSent() {
    return headSent;
  }

  long bodyBytes() {
    return bodyBytes;
  }

  long flushes() {
    return flushes;
  }

  void declareTrailers(List<String> names) {
    if (fixed) {
      throw new IllegalStateException("trailers declared after status " + status + " was fixed");
    }
    for (String name : names) {
      TrailerNames.check(name);
      Headers.checkName(name);
    }
    trailerNames.addAll(names);
  }

  /** Fixes status and headers. */
  void fix() {
    if (!fixed) {
      if (status == 0) {
        status = 200;
      }
      String length = headers.get("Content-Length");
      declaredLength = length == null ? Head.UNKNOWN : Long.parseLong(length);
      headers.fix("status " + status + " is fixed, since the body was begun");
      fixed = true;
    }
  }

  /**
   * Admits bytes to the body, or refuses them whole.
   *
   * @return whether there is anything to put into the body
   */
  boolean admit(int length) {
    fix();
    if (length > 0 && !Heads.allowsBody(status)) {
      throw new IllegalStateException("status " + status + " allows no body");
    }
    if (declaredLength >= 0 && bodyBytes + length > declaredLength) {
      throw new IllegalStateException(
          "a write of %d bytes after %d exceeds the declared Content-Length of %d"
              .formatted(length, bodyBytes, declaredLength));
    }
    bodyBytes += length;
    return length > 0 && !answersHead;
  }

  void append(byte[] bytes, int offset, int length) throws IOException {
    if (length <= room()) {
      buffer().put(bytes, offset, length);
    } else {
      append(ByteBuffer.wrap(bytes, offset, length));
    }
  }

  void append(ByteBuffer bytes) throws IOException {
    while (bytes.remaining() > room()) {
      int length = Math.min(bytes.remaining(), Wire.BYTES_PER_SEND_MAX);
      ByteBuffer part = bytes.slice(bytes.position(), length);
      bytes.position(bytes.position() + length);
      send(part, false, null);
      wire.stepped();
    }
    if (bytes.hasRemaining()) {
      buffer().put(bytes);
    }
  }

  /** Sends what has not been sent; nothing, if there is nothing new. */
  void flush() throws IOException {
    fix();
    if (!headSent || buffer != null) {
      flushes++;
      send(null, true, null);
    }
  }

  /**
   * Sends the head, and what an encoding has before the first record.
   *
   * @return whether a body may follow
   */
  boolean beginFollow(Journal journal, Encoding encoding) throws IOException {
    if (headers.contains("Content-Length")) {
      throw new IllegalStateException("follow with a declared length: a journal has none");
    }
    if (!fixed) {
      if (encoding.type() != null) {
        headers.setIfAbsent("Content-Type", encoding.type());
      }
      declareTrailers(encoding.trailerNames());
    }
    byte[] opening = encoding.opening(journal);
    if (admit(opening.length)) {
      append(opening, 0, opening.length);
    }
    flush();
    return !answersHead && Heads.allowsBody(status);
  }

  /**
   * Sends the rest and ends the message.
   *
   * @throws IllegalStateException if it has undeclared trailers, or is shorter than was declared;
   *     in that case what there was has been sent, without an end
   */
  void end() throws IOException {
    fix();
    for (Headers.Field trailer : trailers) {
      if (trailerNames.stream().noneMatch(trailer.name()::equalsIgnoreCase)) {
        throw new IllegalStateException("trailer " + trailer.name() + " was not declared");
      }
    }
    boolean tooShort = bodyBytes < declaredLength && !answersHead && Heads.allowsBody(status);
    if (tooShort) {
      send(null, false, null);
      throw new IllegalStateException(
          "the body ended after %d of the declared %d bytes".formatted(bodyBytes, declaredLength));
    }
    send(null, false, trailers);
  }

  /** Begins anew, unless the head has been sent. */
  boolean forget() {
    if (headSent) {
      return false;
    }
    dropBuffer();
    headers = new Headers(); // the old ones stay fixed
    trailers.clear();
    trailerNames.clear();
    fixed = false;
    status = 0;
    declaredLength = Head.UNKNOWN;
    bodyBytes = 0;
    return true;
  }

  void dropBuffer() {
    ByteBuffer pending = buffer;
    if (pending != null) {
      buffer = null;
      wire.giveBuffer(pending);
    }
  }

  private int room() {
    return buffer == null ? Wire.BUFFER_BYTES : buffer.remaining();
  }

  private ByteBuffer buffer() {
    ByteBuffer room = buffer;
    if (room == null) {
      room = wire.takeBuffer();
      buffer = room;
    }
    return room;
  }

  private void send(@Nullable ByteBuffer more, boolean flush, @Nullable Headers end)
      throws IOException {
    Head head = headSent ? null : newHead(more == null && !flush && end != null, flush);
    headSent = true;
    ByteBuffer body = buffer;
    buffer = null;
    wire.send(head, body, more, end);
  }

  /**
   * Builds the head.
   *
   * @param whole whether nothing of the body was sent, and nothing will follow
   * @param streams whether a flush sends it
   */
  private Head newHead(boolean whole, boolean streams) {
    boolean trailing = !trailerNames.isEmpty() && wire.supports(Feature.TRAILERS);
    long length = declaredLength;
    if (trailing || headers.contains("Transfer-Encoding")) {
      length = Head.UNKNOWN;
    } else if (length == Head.UNKNOWN && whole && bodyBytes <= Wire.BUFFER_BYTES) {
      length = bodyBytes;
    }
    List<String> announced = trailing ? trailerNames : List.of();
    return Heads.build(status, headers, announced, length, answersHead, streams);
  }
}
