package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules B6 and G1 with a publisher that says one thing and is then silent. */
final class PublisherFlushTest {
  private static final TestRequest REQUEST = TestRequest.get("/").header("Accept-Encoding", "gzip");

  private final Semaphore flushes = new Semaphore(0);

  @ParameterizedTest
  @ValueSource(ints = {64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 128 * 1024})
  void G1_a_buffer_of_a_publisher_is_flushed_at_once_whatever_its_size(int size) throws Exception {
    var publisher = new OneBuffer(size);
    var exchange =
        TestExchange.start(
            (request, response) -> eachRead(publisher).run(new CountedFlushes(response)), REQUEST);
    awaitFlush(); // of the head
    do {
      awaitFlush();
    } while (exchange.flushed().length < size);
    publisher.complete();
    assertTrue(exchange.complete());
  }

  @ParameterizedTest
  @ValueSource(ints = {64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 128 * 1024})
  void B6_what_was_flushed_of_it_can_be_decompressed_at_once(int size) throws Exception {
    var publisher = new OneBuffer(size);
    var exchange =
        TestExchange.start(
            (request, response) ->
                Filters.gzip((sameRequest, compressed) -> eachRead(publisher).run(compressed))
                    .handle(request, new CountedFlushes(response)),
            REQUEST);
    awaitFlush(); // of the head
    do {
      awaitFlush();
    } while (decompressedLength(exchange.flushed()) < size);
    publisher.complete();
    assertTrue(exchange.complete());
  }

  private static Pump eachRead(Flow.Publisher<ByteBuffer> publisher) {
    return Pump.from(publisher).flush(FlushPolicy.eachRead());
  }

  private void awaitFlush() throws InterruptedException {
    assertTrue(flushes.tryAcquire(30, TimeUnit.SECONDS), "no flush of what was published");
  }

  private static int decompressedLength(byte[] compressed) throws IOException {
    int length = 0;
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      while (in.read() >= 0) {
        length++;
      }
    } catch (EOFException e) {
      // The stream has no end yet.
    }
    return length;
  }

  private final class CountedFlushes extends ForwardingResponse {
    CountedFlushes(Response response) {
      super(response);
    }

    @Override
    public void flush() throws IOException {
      super.flush();
      flushes.release();
    }
  }

  /** Publishes a buffer as soon as it is asked, and ends when it is told to. */
  private static final class OneBuffer implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
    private final ByteBuffer buffer;
    private volatile Flow.Subscriber<? super ByteBuffer> subscriber;
    private boolean published;

    OneBuffer(int size) {
      this.buffer = ByteBuffer.allocate(size);
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> one) {
      subscriber = one;
      one.onSubscribe(this);
    }

    @Override
    public void request(long count) {
      if (!published) {
        published = true;
        subscriber.onNext(buffer);
      }
    }

    void complete() {
      subscriber.onComplete();
    }

    @Override
    public void cancel() {}
  }
}
