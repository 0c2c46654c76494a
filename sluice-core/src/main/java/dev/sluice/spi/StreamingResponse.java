package dev.sluice.spi;

import dev.sluice.CloseReason;
import dev.sluice.Connection;
import dev.sluice.Encoding;
import dev.sluice.Feature;
import dev.sluice.Handler;
import dev.sluice.Headers;
import dev.sluice.HijackedException;
import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.StreamClosedException;
import dev.sluice.UnsupportedFeatureException;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a response, the same for every protocol version.
 *
 * <pre>
 *   OPEN ──the handler is done──▶ ENDED
 *     ├────────hijack───────────▶ HIJACKED
 *     └────────follow───────────▶ FOLLOWED
 * </pre>
 *
 * <p>The first failure is kept by the {@link Cancellation} and thrown by every call from then on.
 *
 * <p>Thread safety: as {@link Response} says. Calls that touch the message claim {@code busy} for
 * their duration; {@link #abort} alone does not, since it must wake one that waits.
 */
public final class StreamingResponse implements Response {
  private static final VarHandle BUSY;

  static {
    try {
      BUSY = MethodHandles.lookup().findVarHandle(StreamingResponse.class, "busy", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final long CALL_POLL_NANOS = 100_000;

  private enum Stage {
    OPEN,
    HIJACKED,
    FOLLOWED,
    ENDED
  }

  private final Wire wire;
  private final Cancellation cancellation;
  private final OutgoingMessage message;
  private final List<Deferred> deferred = new ArrayList<>(0);

  @SuppressWarnings("unused") // through BUSY
  private volatile boolean busy;

  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.OPEN);

  /**
   * A response that nothing has been written to.
   *
   * @param wire its way to the client
   * @param cancellation what ends it early; the request's {@code cancelled} signal
   * @param answersHead whether the request's method is HEAD
   */
  public StreamingResponse(Wire wire, Cancellation cancellation, boolean answersHead) {
    this.wire = wire;
    this.cancellation = cancellation;
    this.message = new OutgoingMessage(wire, answersHead);
  }

  /**
   * Runs a handler on the current thread and ends the response as its outcome demands.
   *
   * <p>Afterwards the wire has been ended, aborted or hijacked, and every further call throws.
   */
  public Outcome run(Handler handler, Request request) {
    Throwable failure = null;
    cancellation.enter();
    try {
      handler.handle(request, this);
    } catch (Throwable t) {
      failure = t;
    }
    failure = runDeferred(failure);
    cancellation.leave();
    endCalls();
    try {
      if (stage.get() == Stage.HIJACKED) {
        return new Ending(wire, cancellation, message).left(CloseReason.HIJACKED, failure);
      }
      if (stage.get() == Stage.FOLLOWED) {
        return new Ending(wire, cancellation, message).left(CloseReason.FOLLOWED, failure);
      }
      return new Ending(wire, cancellation, message).end(failure);
    } finally {
      message.headers().fix("the handler has returned");
      release();
    }
  }

  @Override
  public Response status(int status) {
    if (status < 100 || status > 999) {
      throw new IllegalArgumentException("status " + status + " is not in 100..999");
    }
    if (status < 200 && status != 101) {
      throw new IllegalArgumentException("status " + status + " is interim: use inform()");
    }
    begin("status");
    try {
      message.status(status);
      return this;
    } finally {
      release();
    }
  }

  @Override
  public int status() {
    int status = message.status();
    return status == 0 ? 200 : status;
  }

  @Override
  public Headers headers() {
    return message.headers();
  }

  @Override
  public boolean committed() {
    return message.fixed();
  }

  @Override
  public boolean reset() {
    begin("reset");
    try {
      return message.forget();
    } finally {
      release();
    }
  }

  @Override
  public boolean supports(Feature feature) {
    return wire.supports(feature);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    beginIo("write");
    try {
      if (message.admit(length)) {
        message.append(bytes, offset, length);
      } else {
        wire.stepped();
      }
    } catch (IOException e) {
      throw failed(e);
    } finally {
      release();
    }
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    beginIo("write");
    try {
      if (message.admit(bytes.remaining())) {
        message.append(bytes);
      } else {
        wire.stepped();
      }
      bytes.position(bytes.limit());
    } catch (IOException e) {
      throw failed(e);
    } finally {
      release();
    }
  }

  @Override
  public void flush() throws IOException {
    requireSupport(Feature.FLUSH, "this connection must buffer");
    beginIo("flush");
    try {
      message.flush();
      wire.stepped();
    } catch (IOException e) {
      throw failed(e);
    } finally {
      release();
    }
  }

  @Override
  public void sync() throws IOException {
    requireSupport(Feature.FLUSH, "this connection must buffer");
    beginIo("sync");
    try {
      message.flush();
      wire.sync();
    } catch (IOException e) {
      throw failed(e);
    } finally {
      release();
    }
  }

  @Override
  public void inform(int status, Headers headers) throws IOException {
    if (status < 102 || status > 199) {
      throw new IllegalArgumentException("status " + status + " is not in 102..199");
    }
    beginIo("inform");
    try {
      if (message.fixed()) {
        throw new IllegalStateException("status " + status + " after status " + message.status());
      }
      if (wire.supports(Feature.INTERIM)) {
        wire.inform(
            status, Headers.copyOf(headers).remove("Content-Length").remove("Transfer-Encoding"));
      }
    } catch (IOException e) {
      throw failed(e);
    } finally {
      release();
    }
  }

  @Override
  public Response declareTrailers(String... names) {
    begin("declareTrailers");
    try {
      message.declareTrailers(List.of(names));
      return this;
    } finally {
      release();
    }
  }

  @Override
  public Headers trailers() {
    return message.trailers();
  }

  @Override
  public Connection hijack() throws IOException {
    requireSupport(Feature.HIJACK, "only an HTTP/1 connection belongs to one exchange");
    beginIo("hijack");
    try {
      if (message.status() != 0) {
        message.flush();
      }
      return leave("hijack", Stage.HIJACKED, wire::hijack);
    } catch (IOException e) {
      throw failed(e);
    } finally {
      release();
    }
  }

  @Override
  public void follow(Journal journal, Offset from, Encoding encoding, Consumer<CloseReason> onEnd)
      throws IOException {
    requireSupport(Feature.FOLLOW, "this connection cannot follow a journal");
    beginIo("follow");
    try {
      if (message.beginFollow(journal, encoding)) {
        leave(
            "follow",
            Stage.FOLLOWED,
            () -> {
              wire.follow(
                  journal, from, encoding, cancellation, (reason, bytes) -> onEnd.accept(reason));
              return stage;
            });
      } else {
        stage.compareAndSet(Stage.OPEN, Stage.ENDED); // HEAD: nothing can follow
        onEnd.accept(CloseReason.COMPLETED);
      }
    } catch (IOException e) {
      throw failed(e);
    } finally {
      release();
    }
  }

  @Override
  public void abort(String why) {
    checkOpen("abort");
    if (cancellation.cancel(new StreamClosedException(CloseReason.ABORTED, why, null))) {
      wire.abort(CloseReason.ABORTED);
    }
  }

  @Override
  public void progressDeadline(Duration timeout) {
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("not a positive deadline: " + timeout);
    }
    checkOpen("progressDeadline");
    wire.progressDeadline(timeout);
  }

  @Override
  public void interruptOnCancel(boolean interrupt) {
    cancellation.interruptOnCancel(interrupt);
  }

  @Override
  public void defer(Deferred action) {
    checkOpen("defer");
    synchronized (deferred) {
      deferred.add(action);
    }
  }

  private @Nullable Throwable runDeferred(@Nullable Throwable failure) {
    Throwable first = failure;
    for (Deferred action = nextDeferred(); action != null; action = nextDeferred()) {
      try {
        action.run(first == null && !cancellation.isSet());
      } catch (Throwable t) {
        if (first == null) {
          first = t;
        } else if (!first.equals(t)) {
          first.addSuppressed(t);
        }
      }
    }
    return first;
  }

  private @Nullable Deferred nextDeferred() {
    synchronized (deferred) {
      return deferred.isEmpty() ? null : deferred.removeLast();
    }
  }

  private void requireSupport(Feature feature, String otherwise) {
    if (!supports(feature)) {
      throw new UnsupportedFeatureException(feature, otherwise);
    }
  }

  /** Lets one call in; the exception names the call that was refused. */
  private void begin(String call) {
    if (!BUSY.compareAndSet(this, false, true)) {
      throw new IllegalStateException(
          call + " while another thread uses this response: one at a time");
    }
    try {
      checkOpen(call);
    } catch (IllegalStateException e) {
      release();
      throw e;
    }
  }

  private void beginIo(String call) throws IOException {
    begin(call);
    StreamClosedException cause = cancellation.cause();
    if (cause != null) {
      release();
      throw new StreamClosedException(cause.reason(), String.valueOf(cause.getMessage()), cause);
    }
  }

  private void checkOpen(String call) {
    switch (stage.get()) {
      case OPEN -> {}
      case HIJACKED -> throw new HijackedException(call);
      case FOLLOWED ->
          throw new IllegalStateException(call + " after follow: the response follows a journal");
      case ENDED -> throw new IllegalStateException(call + " after the handler has returned");
    }
  }

  /** Gives the wire away, unless the handler has returned meanwhile; or not, if that fails. */
  private <T> T leave(String call, Stage to, Departure<T> departure) throws IOException {
    if (!stage.compareAndSet(Stage.OPEN, to)) {
      throw new IllegalStateException(call + " after the handler has returned");
    }
    boolean left = false;
    try {
      T result = departure.go();
      left = true;
      return result;
    } finally {
      if (!left) {
        stage.set(Stage.OPEN);
      }
    }
  }

  @FunctionalInterface
  private interface Departure<T> {
    T go() throws IOException;
  }

  private void release() {
    busy = false;
  }

  /**
   * Refuses further calls, and waits for one that is under way: a thread that the handler left
   * behind may be in it. The progress deadline bounds that.
   */
  private void endCalls() {
    stage.compareAndSet(Stage.OPEN, Stage.ENDED);
    while (!BUSY.compareAndSet(this, false, true)) {
      LockSupport.parkNanos(CALL_POLL_NANOS);
    }
    stage.compareAndSet(Stage.OPEN, Stage.ENDED); // a hijack that failed has put it back
  }

  /** Makes a failure of the wire the sticky one. */
  private IOException failed(IOException failure) {
    cancellation.cancel(
        failure instanceof StreamClosedException closed
            ? closed
            : new StreamClosedException(
                CloseReason.INTERRUPTED, "interrupted while the client was slow", failure));
    wire.abort(cancellation.reason());
    return failure;
  }
}
