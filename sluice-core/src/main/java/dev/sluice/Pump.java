package dev.sluice;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Copies a source to a response as it produces, and flushes by a {@link FlushPolicy}.
 *
 * {@snippet :
 * Handler build = (request, response) -> {
 *   Process make = new ProcessBuilder("make").redirectErrorStream(true).start();
 *   response.type("text/plain; charset=utf-8");
 *   Pump.from(make).flush(FlushPolicy.eachLine()).start(response).join();
 * };
 * }
 *
 * <p>With any policy but none the headers go out at once, before the source has said anything.
 * Where the response cannot flush ({@link Feature#FLUSH}) it is written to and not flushed.
 *
 * <p>The pump closes its source, however it ends. A source that fails midway makes the pump fail;
 * as the handler's failure it cuts the response, so that the client never takes it for complete.
 *
 * <p>Thread safety: a pump is used once, by one thread.
 */
public final class Pump {
  private final PumpSource source;
  private final FlushPolicy policy;
  private final AtomicBoolean used;

  private Pump(PumpSource source, FlushPolicy policy, AtomicBoolean used) {
    this.source = source;
    this.policy = policy;
    this.used = used;
  }

  private static Pump of(PumpSource source) {
    return new Pump(source, FlushPolicy.eachRead(), new AtomicBoolean());
  }

  /**
   * Copies a stream. Its {@code available} is asked whether a flush can wait for the next read.
   *
   * <p>Of a request body: a policy that sends the headers first answers a client that waits for
   * {@code 100 Continue}; one that must be asked for its body wants {@link FlushPolicy.None}.
   */
  public static Pump from(InputStream in) {
    return of(new StreamSource(() -> in));
  }

  /** Copies characters as UTF-8; half a surrogate pair at the very end becomes {@code ?}. */
  public static Pump from(Reader reader) {
    return of(new ReaderSource(reader));
  }

  /**
   * Copies a file, or a named pipe, to its end. It is opened when the pump runs, and before
   * anything is sent: one that does not exist can still be answered with an error.
   */
  public static Pump fromFile(Path file) {
    return of(new StreamSource(() -> Files.newInputStream(file)));
  }

  /**
   * Copies what a publisher emits; it is subscribed to when the pump runs. At most 16 buffers are
   * asked for ahead, so a slow client holds the publisher back.
   *
   * @param publisher its buffers are read when their turn has come, and must not change until then
   */
  public static Pump from(Flow.Publisher<ByteBuffer> publisher) {
    return of(new PublisherSource(publisher));
  }

  /**
   * Copies the standard output of a process.
   *
   * <p>If the pump ends in any other way than with the end of that output, the process and its
   * descendants are destroyed; those still there after two seconds, forcibly. A descendant that has
   * lost its parent is not found and lives on. With which status the process ended is not looked
   * at: the output is then complete, whatever it says.
   *
   * @param process its standard error must go elsewhere: a pipe that nobody reads fills up, and the
   *     process stands still ({@link ProcessBuilder#redirectErrorStream})
   */
  public static Pump from(Process process) {
    return of(new ProcessSource(process));
  }

  /** This pump with a policy; without one it is {@link FlushPolicy.EachRead}. */
  public Pump flush(FlushPolicy newPolicy) {
    return new Pump(source, newPolicy, used);
  }

  /**
   * Copies on the caller's thread, until the source ends.
   *
   * <p>A read of a pipe, a terminal or a file that may block holds a virtual thread's carrier, and
   * an interrupt does not end it: for those use {@link #start}, or {@link
   * Handler#onPlatformThread}.
   *
   * @return how many bytes were copied
   * @throws IOException if the source fails, or the response ({@link StreamClosedException})
   * @throws IllegalStateException if this pump was used before
   */
  public long run(Response response) throws IOException {
    PumpCopy copy = newCopy(response);
    copy.run();
    return copy.bytesWritten();
  }

  /**
   * Copies on a thread of its own: a platform thread, or a virtual one for a publisher.
   *
   * <p>When the handler returns, the response waits for the transfer; when the handler throws or is
   * interrupted because its client has gone, the transfer is cancelled.
   *
   * @throws IllegalStateException if this pump was used before, or the response has ended
   */
  public Transfer start(Response response) {
    return Transfer.start(newCopy(response), response);
  }

  private PumpCopy newCopy(Response response) {
    if (!used.compareAndSet(false, true)) {
      throw new IllegalStateException("this pump was used before: its source is spent");
    }
    return new PumpCopy(source, policy, response);
  }
}
