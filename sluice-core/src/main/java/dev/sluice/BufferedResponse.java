package dev.sluice;

import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A response that is held back whole until the handler has returned. */
final class BufferedResponse extends ForwardingResponse {
  private static final String WHY = "a filter around this handler holds the response back";

  private final int maxBytes;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final Headers droppedTrailers = new Headers();
  private final AtomicBoolean busy = new AtomicBoolean();
  private boolean committed;
  private boolean overflowed;

  /** The handler is done: what it held back is on its way, and the response refuses the rest. */
  private boolean ended;

  BufferedResponse(Response response, int maxBytes) {
    super(response);
    this.maxBytes = maxBytes;
    response.defer(this::send);
  }

  @Override
  public Response status(int status) {
    if (committed) {
      throw new IllegalStateException("status " + status + " after status " + status());
    }
    super.status(status);
    return this;
  }

  @Override
  public boolean committed() {
    return committed || super.committed();
  }

  @Override
  public boolean reset() {
    boolean could = super.reset();
    if (could) {
      body.reset();
      droppedTrailers.clear();
      committed = false;
      overflowed = false;
    }
    return could;
  }

  @Override
  public boolean supports(Feature feature) {
    return switch (feature) {
      case FLUSH, FOLLOW, HIJACK, TRAILERS -> false;
      case INTERIM -> super.supports(feature);
    };
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "write while another thread uses this response: one at a time");
    }
    try {
      hold(bytes, offset, length);
    } finally {
      busy.set(false);
    }
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    write(copy, 0, copy.length);
    bytes.position(bytes.limit());
  }

  @Override
  public void flush() {
    throw new UnsupportedFeatureException(Feature.FLUSH, WHY);
  }

  @Override
  public void sync() {
    throw new UnsupportedFeatureException(Feature.FLUSH, WHY);
  }

  @Override
  public void follow(Journal journal, Offset from, Encoding encoding, Consumer<CloseReason> onEnd) {
    throw new UnsupportedFeatureException(Feature.FOLLOW, WHY);
  }

  @Override
  public Connection hijack() {
    throw new UnsupportedFeatureException(Feature.HIJACK, WHY);
  }

  /** Trailers need a body without a length; they are dropped, as by a client that ignores them. */
  @Override
  public Response declareTrailers(String... names) {
    return this;
  }

  @Override
  public Headers trailers() {
    return droppedTrailers;
  }

  private void hold(byte[] bytes, int offset, int length) throws IOException {
    if (ended) {
      super.write(bytes, offset, length);
      return;
    }
    commit();
    if (length > 0 && bodiless()) {
      throw new IllegalStateException("status " + status() + " allows no body");
    }
    if (length > maxBytes - body.size()) {
      overflowed = true;
      throw tooLarge();
    }
    body.write(bytes, offset, length);
  }

  private void commit() {
    if (!committed) {
      committed = true;
      headers().fix("the body was begun");
    }
  }

  private boolean bodiless() {
    int status = status();
    return status < 200 || status == 204 || status == 304;
  }

  private IllegalStateException tooLarge() {
    return new IllegalStateException(
        "the body is larger than the " + maxBytes + " bytes that may be held back");
  }

  private void send(boolean succeeded) throws IOException {
    ended = true;
    if (!succeeded) {
      return;
    }
    if (overflowed) {
      throw tooLarge();
    }
    headers().unfix();
    if (!bodiless()) {
      headers().setIfAbsent("Content-Length", Integer.toString(body.size()));
    }
    super.write(body.toByteArray(), 0, body.size());
  }
}
