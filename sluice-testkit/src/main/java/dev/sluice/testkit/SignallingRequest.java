package dev.sluice.testkit;

import dev.sluice.ForwardingRequest;
import dev.sluice.Request;
import dev.sluice.Signal;

/** A request with the signals of its exchange. */
final class SignallingRequest extends ForwardingRequest {
  private final Signal cancelled;
  private final Signal draining;

  SignallingRequest(Request request, Signal cancelled, Signal draining) {
    super(request);
    this.cancelled = cancelled;
    this.draining = draining;
  }

  @Override
  public Signal cancelled() {
    return cancelled;
  }

  @Override
  public Signal draining() {
    return draining;
  }
}
