package dev.sluice;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a publisher emits. Never more than a window of buffers is asked for, so a slow client
 * holds the publisher back.
 */
final class PublisherSource implements PumpSource, Flow.Subscriber<ByteBuffer> {
  private static final int WINDOW_BUFFERS = 16;

  private sealed interface Event {
    record Bytes(ByteBuffer bytes) implements Event {}

    record End(@Nullable Throwable failure) implements Event {}
  }

  private final Flow.Publisher<ByteBuffer> publisher;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private Flow.@Nullable Subscription subscription;
  private boolean cancelled;

  // The reading thread's own.
  private @Nullable ByteBuffer current;
  private Event.@Nullable End end;

  PublisherSource(Flow.Publisher<ByteBuffer> publisher) {
    this.publisher = publisher;
  }

  @Override
  public void open() {
    publisher.subscribe(this);
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    int before = buffer.position();
    while (buffer.hasRemaining()) {
      boolean mayWait = buffer.position() == before;
      ByteBuffer from = available(mayWait);
      if (from == null) {
        break;
      }
      int count = Math.min(from.remaining(), buffer.remaining());
      buffer.put(from.slice(from.position(), count));
      from.position(from.position() + count);
    }
    int count = buffer.position() - before;
    return count == 0 ? endOfStream() : count;
  }

  @Override
  public boolean more() {
    return (current != null && current.hasRemaining()) || events.peek() instanceof Event.Bytes;
  }

  @Override
  public synchronized void close() {
    cancelled = true;
    if (subscription != null) {
      subscription.cancel();
    }
    events.add(new Event.End(null));
  }

  @Override
  public boolean parks() {
    return true;
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription newSubscription) {
    if (cancelled || subscription != null) {
      newSubscription.cancel();
      return;
    }
    subscription = newSubscription;
    newSubscription.request(WINDOW_BUFFERS);
  }

  @Override
  public void onNext(ByteBuffer bytes) {
    if (events.size() >= WINDOW_BUFFERS) {
      onError(new IllegalStateException("more buffers than the " + WINDOW_BUFFERS + " asked for"));
    } else {
      events.add(new Event.Bytes(bytes));
    }
  }

  @Override
  public void onError(Throwable failure) {
    events.add(new Event.End(failure));
  }

  @Override
  public void onComplete() {
    events.add(new Event.End(null));
  }

  /** The buffer to read from; null at the end, or if there is none and it may not wait for one. */
  private @Nullable ByteBuffer available(boolean mayWait) throws IOException {
    while (end == null && (current == null || !current.hasRemaining())) {
      if (current != null) {
        current = null;
        request();
      }
      switch (mayWait ? take() : events.poll()) {
        case Event.Bytes(ByteBuffer bytes) -> current = bytes;
        case Event.End last -> end = last;
        case null -> {
          return null;
        }
      }
    }
    return end == null ? current : null;
  }

  private int endOfStream() throws IOException {
    Throwable failure = end == null ? null : end.failure();
    if (failure != null) {
      throw new IOException("the publisher failed: " + failure, failure);
    }
    return -1;
  }

  private synchronized void request() {
    if (subscription != null) {
      subscription.request(1);
    }
  }

  private Event take() throws IOException {
    try {
      return events.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the publisher was silent");
    }
  }
}
