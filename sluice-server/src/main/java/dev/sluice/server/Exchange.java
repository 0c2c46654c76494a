package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.Handler;
import dev.sluice.StreamClosedException;
import dev.sluice.spi.Cancellation;
import dev.sluice.spi.StreamingResponse;
import dev.sluice.spi.Wire;

/**
 * One request and its response; runs the handler on a virtual thread of its own.
 *
 * <p>This is where loop and handler meet: the loop cancels, the handler's thread tells the loop
 * when it has ended.
 */
final class Exchange {
  private final ExchangeHome home;
  private final Handler handler;
  private final ServerRequest request;
  private final Wire wire;
  private final Cancellation cancellation;

  Exchange(
      ExchangeHome home,
      Handler handler,
      ServerRequest request,
      Wire wire,
      Cancellation cancellation) {
    this.home = home;
    this.handler = handler;
    this.request = request;
    this.wire = wire;
    this.cancellation = cancellation;
  }

  ServerRequest request() {
    return request;
  }

  Wire wire() {
    return wire;
  }

  /**
   * Ends the exchange early: the handler is interrupted, its writes and the one that waits fail.
   *
   * <p>Thread: any.
   */
  void cancel(CloseReason reason, String why) {
    var cause = new StreamClosedException(reason, why, null);
    home.closeWriter(cause); // before the interrupt, which a write that waits would report
    cancellation.cancel(cause);
  }

  /**
   * Runs the handler, on a thread that is this exchange's.
   *
   * @param places that it has among the handlers in progress; without one, the request is refused
   */
  void run(Handlers handlers, int places) {
    long start = System.nanoTime();
    boolean hijacked = false;
    boolean followed = false;
    try {
      var response = new StreamingResponse(wire, cancellation, request.method().equals("HEAD"));
      var outcome = response.run(places == 0 ? handlers.refusing() : handler, request);
      hijacked = outcome.reason() == CloseReason.HIJACKED;
      followed = outcome.reason() == CloseReason.FOLLOWED;
      ServerLog.ended(request, outcome, System.nanoTime() - start);
    } finally {
      handlers.ended(places); // first: the next request may follow at once
      if (!hijacked) {
        request.release(); // here, since the loop may have ended
      }
      if (!followed) {
        home.ended(this);
      }
    }
  }
}
