package dev.sluice.testkit;

import dev.sluice.CloseReason;
import dev.sluice.Feature;
import dev.sluice.Handler;
import dev.sluice.Headers;
import dev.sluice.Request;
import dev.sluice.StreamClosedException;
import dev.sluice.spi.Cancellation;
import dev.sluice.spi.Head;
import dev.sluice.spi.OneShotSignal;
import dev.sluice.spi.Outcome;
import dev.sluice.spi.StreamingResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request, answered by a handler without a server, on the same state machine that an engine
 * uses. What a flush sends is <i>flushed</i> from then on and can be asked for while the handler
 * runs: by the test, or by what the handler calls.
 *
 * <p>Methods that wait do so for thirty seconds and then throw an {@link AssertionError}.
 *
 * <p>Thread safety: all methods may be called by any thread; the handler runs once.
 */
public final class TestExchange {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Request request;
  private final RecordingWire wire;
  private final Cancellation cancellation = new Cancellation();
  private final OneShotSignal draining = new OneShotSignal();
  private final StreamingResponse response;
  private final Map<String, String> checkpoints = new ConcurrentHashMap<>();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  private TestExchange(TestRequest request, Set<Feature> features) {
    this.request = new SignallingRequest(request, cancellation, draining);
    this.wire = new RecordingWire(features);
    this.response = new StreamingResponse(wire, cancellation, request.method().equals("HEAD"));
  }

  /** An exchange whose handler does not run yet; it can do what the request's version can. */
  public static TestExchange of(TestRequest request) {
    Set<Feature> features = EnumSet.allOf(Feature.class);
    switch (request.version()) {
      case HTTP_1_0 -> features.removeAll(Set.of(Feature.TRAILERS, Feature.INTERIM));
      case HTTP_1_1 -> {}
      case HTTP_2 -> features.remove(Feature.HIJACK);
    }
    return new TestExchange(request, features);
  }

  /** Runs a handler on the caller's thread, to its end. */
  public static TestExchange run(Handler handler, TestRequest request) {
    return of(request).run(handler);
  }

  /** Starts a handler on a virtual thread of its own. */
  public static TestExchange start(Handler handler, TestRequest request) {
    return of(request).start(handler);
  }

  /**
   * Runs a handler on the caller's thread, to its end.
   *
   * @return this exchange
   * @throws AssertionError if the handler threw one
   */
  public TestExchange run(Handler handler) {
    answer(handler);
    outcome();
    return this;
  }

  /**
   * Starts a handler on a virtual thread of its own.
   *
   * @return this exchange
   */
  public TestExchange start(Handler handler) {
    Thread.ofVirtual().name("test-exchange").start(() -> answer(handler));
    return this;
  }

  // What has been flushed so far.

  /** The bytes of the body that the client has by now. */
  public byte[] flushed() {
    return wire.body();
  }

  /** The bytes of the body that the client has by now, as UTF-8. */
  public String flushedText() {
    return new String(wire.body(), StandardCharsets.UTF_8);
  }

  /** The text of the body in the pieces in which it was sent: HTTP/1.1's chunks. */
  public List<String> pieces() {
    return wire.sends().stream().map(piece -> new String(piece, StandardCharsets.UTF_8)).toList();
  }

  /** Whether the client has status and headers by now. */
  public boolean headSent() {
    return wire.head() != null;
  }

  /** Waits until the flushed text contains a text. */
  public void awaitFlushed(String text) throws InterruptedException {
    await(() -> flushedText().contains(text), "the flush of \"" + text + "\"");
  }

  /** Waits until the client has status and headers. */
  public void awaitHead() throws InterruptedException {
    await(this::headSent, "the head");
  }

  /** Remembers what has been flushed up to this line; for the handler or what it calls. */
  public void checkpoint(String name) {
    checkpoints.put(name, flushedText());
  }

  /**
   * What had been flushed at a checkpoint.
   *
   * @throws IllegalArgumentException if the handler did not come by there
   */
  public String flushedAt(String checkpoint) {
    String text = checkpoints.get(checkpoint);
    if (text == null) {
      throw new IllegalArgumentException(
          "no checkpoint \"" + checkpoint + "\"; there are " + checkpoints.keySet());
    }
    return text;
  }

  // What the client does.

  /** The client goes: the handler is interrupted, its writes fail. */
  public void disconnect() {
    cancellation.cancel(
        new StreamClosedException(CloseReason.CLIENT_GONE, "the client has gone", null));
    wire.abort(CloseReason.CLIENT_GONE);
  }

  /** The client takes nothing from now on: sends wait. */
  public void stall() {
    wire.hold(true);
  }

  /** Waits until a send waits for a client that has stalled. */
  public void awaitStalled() throws InterruptedException {
    await(wire::waiting, "a send that waits");
  }

  /** The client takes what comes again. */
  public void resume() {
    wire.hold(false);
  }

  /** The server begins to shut down. */
  public void drain() {
    draining.raise();
  }

  /** What a client has sent on the connection behind the request, for a handler that hijacks it. */
  public void receive(String text) {
    wire.connection().receive(text.getBytes(StandardCharsets.UTF_8));
  }

  // How it ended; these wait for the end.

  /** The status that the client saw. */
  public int status() {
    return head().status();
  }

  /** The header fields that the client saw, but for those of framing and the engine's own. */
  public Headers headers() {
    return head().headers();
  }

  /** All of the body that the client got, as UTF-8. */
  public String body() {
    outcome();
    return flushedText();
  }

  /**
   * The trailers that the client got.
   *
   * @throws AssertionError if the response was cut
   */
  public Headers trailers() {
    Outcome end = outcome();
    Headers trailers = wire.trailers();
    if (trailers == null) {
      throw new AssertionError("the response has no end: " + end);
    }
    return trailers;
  }

  /** The interim responses that the client got, in their order. */
  public List<InterimResponse> interim() {
    return wire.interim();
  }

  /** Whether the client saw the end of the response. */
  public boolean complete() {
    outcome();
    return wire.trailers() != null;
  }

  /** Why the response ended. */
  public CloseReason closeReason() {
    return outcome().reason();
  }

  /** What the handler threw, if that was a failure of its own. */
  public @Nullable Throwable failure() {
    return outcome().failure();
  }

  /** What was written to the connection after a hijack, as UTF-8. */
  public String hijackedOutput() {
    return new String(wire.connection().written(), StandardCharsets.UTF_8);
  }

  /** Whether a hijacked connection was closed. */
  public boolean hijackedConnectionClosed() {
    return wire.connection().closed();
  }

  /** How many body buffers are taken from the pool; 0 after the end. */
  public int buffersTaken() {
    return wire.buffersTaken();
  }

  /**
   * All there is to know about the end; waits for it.
   *
   * @throws AssertionError if the handler threw one: it is the test's, and not a failure to record
   */
  public Outcome outcome() {
    try {
      Outcome end = outcome.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
      if (end.failure() instanceof AssertionError e) {
        throw e;
      }
      return end;
    } catch (TimeoutException e) {
      throw new AssertionError(
          "the handler has not ended after " + TIMEOUT + "; flushed: " + flushedText(), e);
    } catch (ExecutionException e) {
      throw new AssertionError("the exchange failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while the handler ran", e);
    }
  }

  private void answer(Handler handler) {
    try {
      outcome.complete(response.run(handler, request));
    } catch (Throwable t) {
      outcome.completeExceptionally(t);
    }
  }

  private Head head() {
    Outcome end = outcome();
    Head head = wire.head();
    if (head == null) {
      throw new AssertionError("nothing was sent: " + end);
    }
    return head;
  }

  private void await(BooleanSupplier condition, String what) throws InterruptedException {
    if (!wire.await(condition, outcome::isDone, TIMEOUT)) {
      throw new AssertionError(
          "%s did not come %s; flushed: \"%s\""
              .formatted(
                  what,
                  outcome.isDone() ? "before the end, " + outcome : "within " + TIMEOUT,
                  flushedText()));
    }
  }
}
