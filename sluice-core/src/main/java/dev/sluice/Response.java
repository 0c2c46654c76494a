package dev.sluice;

import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The answer to one request: a status, header fields, and a body that is sent as it is written.
 *
 * <p><b>Stages.</b> Until the first byte of the body is written (or {@link #flush} is called) the
 * status and headers can be set; then they are fixed, and changing them throws. Bytes gather in a
 * buffer of 8 KiB; a full buffer, a flush, or the end of the handler sends them.
 *
 * <p><b>What flush promises.</b> Every byte written so far goes out now: it waits for no timer and
 * no further data. On cleartext HTTP/1.1 the operating system has the bytes when it returns. On TLS
 * and HTTP/2 the connection has them and writes at once; {@link #sync} waits until all are written.
 * A flush waits while the client is slow: that is the backpressure. A flush with nothing new sends
 * nothing.
 *
 * <p><b>Failure.</b> Once the client has gone or the stream was cut, every call that writes throws
 * {@link StreamClosedException}. After the handler has returned it throws {@link
 * IllegalStateException}; after a hijack, {@link HijackedException}.
 *
 * <p>Thread safety: any thread may use a response, one at a time. Calls that overlap throw {@link
 * IllegalStateException} and interleave nothing.
 */
public interface Response {

  /**
   * Sets the status; without it, the first write means 200. Nothing is sent by that, and headers
   * can still be set.
   *
   * @param status 200..999, or 101 for a connection that is then hijacked
   * @return this response
   * @throws IllegalArgumentException if it is outside 100..999 (nothing is recorded then), or an
   *     interim status, which {@link #inform} sends
   * @throws IllegalStateException if another final status was set
   */
  Response status(int status);

  /** The status: as it was set, or 200. */
  int status();

  /** The header fields; they can be changed until the response is {@link #committed}. */
  Headers headers();

  /** Sets a header field, replacing what it had. */
  default Response header(String name, String value) {
    headers().set(name, value);
    return this;
  }

  /** Sets the {@code Content-Type}. Without one, it is {@code application/octet-stream}. */
  default Response type(String mediaType) {
    return header("Content-Type", mediaType);
  }

  /**
   * Declares how many bytes the body will have; the response is then not chunked. Writing more is
   * refused; ending with fewer cuts the stream.
   *
   * @throws IllegalArgumentException if it is negative
   */
  default Response length(long bytes) {
    return header("Content-Length", Long.toString(bytes));
  }

  /** Whether status and headers are fixed: something was written, or flushed. */
  boolean committed();

  /**
   * Forgets status, headers and all that was written, if none of it has been sent.
   *
   * @return whether it could: false if something has been sent
   */
  boolean reset();

  /**
   * Whether this response can do something; a wrapper answers for itself and for what it wraps.
   *
   * <p>A call of what is not supported throws {@link UnsupportedFeatureException} (trailers and
   * interim responses, which a client may ignore anyway, are dropped instead).
   */
  boolean supports(Feature feature);

  /**
   * Writes bytes to the body; they are sent with the next flush, or when 8 KiB have gathered.
   *
   * @param bytes where the bytes are; they have been copied or sent when this returns
   * @param offset index of the first one
   * @param length how many; zero fixes status and headers
   * @throws IllegalStateException if the status allows no body (1xx, 204, 304), or more bytes were
   *     written than {@link #length} declared (nothing of this write is sent then), or another
   *     thread is using this response
   * @throws StreamClosedException if the client has gone or the stream was cut
   */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** Writes all of the bytes. */
  default void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  /** Writes what remains in the buffer, and moves its position to its limit. */
  void write(ByteBuffer bytes) throws IOException;

  /**
   * Writes text as UTF-8. Where no {@code Content-Type} is set yet, it becomes {@code text/plain;
   * charset=utf-8}.
   *
   * <p>Each text is encoded on its own: one that ends in half a surrogate pair is written with a
   * {@code ?}. {@link #writer} carries such a half over.
   */
  default void write(CharSequence text) throws IOException {
    if (!committed() && !headers().contains("Content-Type")) {
      type("text/plain; charset=utf-8");
    }
    write(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Sends all that has been written so far, now; the status and headers at least.
   *
   * @throws UnsupportedFeatureException if this response must buffer ({@link Feature#FLUSH})
   * @throws StreamClosedException if the client has gone or the stream was cut
   */
  void flush() throws IOException;

  /**
   * Flushes, and waits until the operating system has every byte.
   *
   * @throws IOException as {@link #flush} does
   */
  void sync() throws IOException;

  /**
   * Sends an interim response (RFC 9110 section 15.2), now: 103 Early Hints, 102 Processing.
   *
   * @param status 102..199
   * @param headers its fields; {@code Content-Length} and {@code Transfer-Encoding} are left out
   * @throws IllegalArgumentException if it is not in 102..199
   * @throws IllegalStateException if the final status and headers are already fixed
   */
  void inform(int status, Headers headers) throws IOException;

  /**
   * Declares trailers: fields that are sent after the body (RFC 9110 section 6.5). Their values are
   * set in {@link #trailers()} before the handler returns; one that has none is not sent.
   *
   * @throws IllegalArgumentException if a field may not be a trailer (RFC 9110 section 6.5.1)
   * @throws IllegalStateException if the response is committed
   */
  Response declareTrailers(String... names);

  /** The declared trailers; their values may be set until the handler returns. */
  Headers trailers();

  /**
   * Takes the connection over from HTTP. What was written is flushed first; from then on the
   * framing is the caller's, and so is closing.
   *
   * @throws UnsupportedFeatureException on HTTP/2 ({@link Feature#HIJACK})
   * @throws IllegalStateException if the connection was hijacked already, or a chunked request body
   *     has not been read to its end (its framing would be lost)
   */
  Connection hijack() throws IOException;

  /**
   * Lets this response follow a journal from here on: all that is in it from an offset, then what
   * is appended, until it is closed. Returns at once, and the handler may return: the client costs
   * no thread. Status and headers go out at once; further calls throw {@link
   * IllegalStateException}.
   *
   * @param journal what is followed
   * @param from where to begin
   * @param encoding how its bytes are framed; its type is used unless the handler set one
   * @param onEnd told once how it ended, on any thread; it must not block
   * @throws UnsupportedFeatureException under a wrapper that would have to see the bytes ({@link
   *     Feature#FOLLOW})
   */
  void follow(Journal journal, Offset from, Encoding encoding, Consumer<CloseReason> onEnd)
      throws IOException;

  /**
   * Cuts the stream, so that the client sees a failure and never a complete response. The end of
   * the handler is then not logged as a failure. The handler runs on: return after this. Further
   * writes throw {@link StreamClosedException}.
   *
   * @param why what the log shall say
   */
  void abort(String why);

  /**
   * How long the client may accept no byte while bytes wait for it; the server's write timeout at
   * first. There is no limit on how long a healthy stream may take.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  void progressDeadline(Duration timeout);

  /**
   * Whether the handler's thread is interrupted when the client goes; it is, at first. Without,
   * only {@link Request#cancelled} and the next write tell.
   */
  void interruptOnCancel(boolean interrupt);

  /**
   * Registers an action to run when the handler has returned or thrown and before the response
   * ends, on the handler's thread; the last one registered runs first. It may still write.
   */
  void defer(Deferred action);

  /**
   * A view of this response as a stream. Its flush flushes the response. Closing it refuses further
   * writes to the view, no more: what was written goes out with the next flush, or with the end of
   * the response.
   */
  default OutputStream outputStream() {
    return new ResponseOutputStream(this);
  }

  /**
   * A view of this response as a writer of UTF-8; it holds nothing back but half a surrogate pair.
   * Its flush flushes the response.
   */
  default Writer writer() {
    return new ResponseWriter(this);
  }

  /** What runs after the handler and before the response ends. */
  @FunctionalInterface
  interface Deferred {
    /**
     * Runs it.
     *
     * @param succeeded whether the handler returned and the stream is whole so far; otherwise the
     *     response is about to be cut, or replaced by an error
     * @throws Exception if the response must not end as if it were complete
     */
    void run(boolean succeeded) throws Exception;
  }
}
