package dev.sluice;

import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A response that passes everything on; extend it to change something.
 *
 * <p>The views and the conveniences of {@link Response} are not passed on but call this wrapper's
 * own {@code write} and {@code flush}: overriding {@link #write(byte[], int, int)}, {@link
 * #write(ByteBuffer)} and {@link #flush} is enough to see every byte.
 */
public abstract class ForwardingResponse implements Response {
  private final Response response;

  /** Wraps a response. */
  protected ForwardingResponse(Response response) {
    this.response = response;
  }

  @Override
  public Response status(int status) {
    response.status(status);
    return this;
  }

  @Override
  public int status() {
    return response.status();
  }

  @Override
  public Headers headers() {
    return response.headers();
  }

  @Override
  public boolean committed() {
    return response.committed();
  }

  @Override
  public boolean reset() {
    return response.reset();
  }

  @Override
  public boolean supports(Feature feature) {
    return response.supports(feature);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    response.write(bytes, offset, length);
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    response.write(bytes);
  }

  @Override
  public void flush() throws IOException {
    response.flush();
  }

  @Override
  public void sync() throws IOException {
    response.sync();
  }

  @Override
  public void inform(int status, Headers headers) throws IOException {
    response.inform(status, headers);
  }

  @Override
  public Response declareTrailers(String... names) {
    response.declareTrailers(names);
    return this;
  }

  @Override
  public Headers trailers() {
    return response.trailers();
  }

  @Override
  public Connection hijack() throws IOException {
    return response.hijack();
  }

  @Override
  public void follow(Journal journal, Offset from, Encoding encoding, Consumer<CloseReason> onEnd)
      throws IOException {
    response.follow(journal, from, encoding, onEnd);
  }

  @Override
  public void abort(String why) {
    response.abort(why);
  }

  @Override
  public void progressDeadline(Duration timeout) {
    response.progressDeadline(timeout);
  }

  @Override
  public void interruptOnCancel(boolean interrupt) {
    response.interruptOnCancel(interrupt);
  }

  @Override
  public void defer(Deferred action) {
    response.defer(action);
  }
}
