package dev.sluice.server;

import dev.sluice.CloseReason;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection, as its event loop sees it: many streams, one output.
 *
 * <p>The codec decodes, keeps the state of streams and the windows that we grant, and answers
 * SETTINGS and PING. Responses do not pass through it; see {@link H2Outlet}.
 *
 * <p>Thread: the loop's, but what says otherwise.
 */
final class H2Connection implements Talker {
  /** Answered streams whose body is still coming, or whose end is not known yet, per open one. */
  private static final int STREAMS_TO_END = 3;

  private final ServerConnection connection;
  private final DirectChannel channel;
  private final Server server;
  private final Http2Connection streams = new DefaultHttp2Connection(true);
  private final Http2Connection.PropertyKey key = streams.newKey();
  private final H2Output output;
  private final H2Controls controls;
  private final H2Windows windows;
  private final H2Fields fields;
  private final H2Requests requests;
  private final H2Codec codec;
  private final H2Turns turns = new H2Turns(this);
  private final H2Ending ending;

  private int bodyWindow = BodyWindows.LEAST_BYTES;
  private int handlers;

  /** Those that have not ended. */
  private final AtomicInteger responses = new AtomicInteger();

  private boolean cutForShutdown;
  private boolean gone;
  private long idleSince = System.nanoTime();
  private long movedBefore;
  private long fullSince;

  H2Connection(ServerConnection connection) {
    this.connection = connection;
    this.channel = connection.channel();
    this.server = connection.server();
    this.output = new H2Output(channel, this::onWritable);
    this.controls = new H2Controls(output, this::holdReads, this::linger);
    this.windows = new H2Windows(streams, key, output, turns::next, this::wakeAll);
    this.fields = new H2Fields(output);
    streams.remote().flowController(windows);
    this.requests = new H2Requests(this);
    this.codec = H2Codec.make(streams, limits(), requests);
    this.ending = new H2Ending(codec, output, controls, channel, timeouts());
  }

  void addTo(ChannelPipeline pipeline) {
    pipeline.addLast(controls, codec);
    bodyWindow = server.bodyWindows().take(limits().connectionBodyBytesMax());
    codec.grantConnectionWindow(bodyWindow);
    codec.flushNow();
  }

  /** A shutdown that has begun was told to who spoke here before. */
  void begun() {
    if (server.draining().isSet()) {
      onDrain();
    }
  }

  /**
   * Goes on for a request that asked for the upgrade from HTTP/1 (RFC 7540 section 3.2).
   *
   * @param settings of the client
   */
  void upgraded(Http2Settings settings, H2Heads.RequestHead head) throws Http2Exception {
    codec.onHttpServerUpgrade(settings);
    requests.begin(streams.stream(1), head, server.handler(), true);
    codec.flushNow();
  }

  ServerConnection connection() {
    return connection;
  }

  Server server() {
    return server;
  }

  Limits limits() {
    return server.options().limits();
  }

  Timeouts timeouts() {
    return server.options().timeouts();
  }

  H2Output output() {
    return output;
  }

  H2Windows windows() {
    return windows;
  }

  boolean cutForShutdown() {
    return cutForShutdown;
  }

  Executor loop() {
    return channel.eventLoop();
  }

  /** Whether the caller is the loop. Any thread. */
  boolean isLoop() {
    return channel.eventLoop().inEventLoop();
  }

  /** Has the loop do something. Any thread. */
  void onLoop(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException e) {
      // The loops have ended, and with them every connection.
    }
  }

  H2Fields fields() {
    return fields;
  }

  H2Codec codec() {
    return codec;
  }

  /** One response more, or one less, that has not ended. Any thread. */
  void addResponses(int more) {
    var _ = responses.addAndGet(more);
  }

  // Requests.

  /** Whether there are so many streams that no more are taken. */
  boolean takesNoMore() {
    int max = limits().streamsMax();
    boolean tooMany = responses.get() >= max || streams.numActiveStreams() > STREAMS_TO_END * max;
    return tooMany || ending.lingering();
  }

  /** A stream has a request, and a handler. */
  H2Stream add(Http2Stream stream) {
    var ours = new H2Stream(this, stream);
    stream.setProperty(key, ours);
    handlers++;
    return ours;
  }

  /** Counts streams itself. */
  void countStreams() {
    streams.remote().maxActiveStreams(Integer.MAX_VALUE);
  }

  Http2Stream netty(int id) {
    return streams.stream(id);
  }

  @Nullable H2Stream stream(int id) {
    Http2Stream stream = streams.stream(id);
    return stream == null ? null : stream.getProperty(key);
  }

  /**
   * Handlers may go on for a while when their responses have ended, or were reset. A client that
   * asks and resets as fast as it can (CVE-2023-44487) is not read until some are done; those do
   * not depend on what it sends. Nor is one read that asks for answers and does not take them.
   */
  void holdReads() {
    boolean tooMany = controls.isStuck() || handlers - responses.get() > limits().streamsMax();
    if (tooMany != controls.holdsReads()) {
      controls.holdReads(tooMany);
      channel.config().setAutoRead(!tooMany);
    }
  }

  /** A handler is done. */
  void exchangeOver() {
    handlers--;
    holdReads();
    noteIdle();
  }

  // Ends of streams.

  /** The codec resets a stream, for whatever reason: nothing may be sent on it behind that. */
  void onReset(int id) {
    H2Stream stream = stream(id);
    if (stream != null) {
      stream.gone(CloseReason.CLIENT_GONE, "the stream was reset");
    }
  }

  /** A stream is closed, or a handler done. */
  void noteIdle() {
    if (streams.numActiveStreams() == 0) {
      idleSince = System.nanoTime();
      if (ending.draining() || streams.goAwaySent()) {
        linger();
      }
    }
  }

  // Streams that wait for room.

  H2Turns turns() {
    return turns;
  }

  private void onWritable() {
    controls.flush();
    ending.onWritable();
    holdReads();
    turns.next();
  }

  /** The windows of all streams have changed. */
  private void wakeAll() {
    for (H2Stream stream : all()) {
      stream.outlet().wake();
    }
  }

  // The connection's own end.

  @Override
  public void onDrain() {
    ending.drain();
    noteIdle();
  }

  @Override
  public void onCutForShutdown() {
    cutForShutdown = true;
    ending.cut();
    all().forEach(H2Stream::onCutForShutdown);
    noteIdle(); // or when the last of them is closed
  }

  /** Streams are open if it is the codec that gives up. */
  private void linger() {
    if (!gone) {
      ending.linger();
      all().forEach(stream -> stream.gone(CloseReason.CLIENT_GONE, "the connection ends"));
    }
  }

  void onRead() {
    ending.onRead();
  }

  /** The client has closed its side, or the connection is gone. */
  void gone(String how) {
    if (gone) {
      return;
    }
    gone = true;
    ending.stopOutput();
    for (H2Stream stream : all()) {
      stream.gone(CloseReason.CLIENT_GONE, how);
    }
    ending.close();
  }

  /** It is closed. */
  void closed() {
    gone("the connection is closed");
    server.bodyWindows().give(bodyWindow);
    bodyWindow = BodyWindows.LEAST_BYTES;
    connection.closed();
  }

  private List<H2Stream> all() {
    var all = new ArrayList<H2Stream>();
    try {
      streams.forEachActiveStream(stream -> {
        H2Stream ours = stream.getProperty(key);
        if (ours != null) {
          all.add(ours);
        }
        return true;
      });
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
    return all;
  }

  @Override
  public void sweep(long now) {
    output.retry();
    ending.sweep(now);
    if (ending.lingering()) {
      return;
    }
    all().forEach(stream -> stream.sweep(now));
    turns.next();
    long moved = output.moved();
    if (output.drained()) {
      fullSince = 0;
    } else if (fullSince == 0 || moved != movedBefore) {
      fullSince = now;
    } else if (now - fullSince > timeouts().write().toNanos()) {
      gone("the client accepted no byte for " + timeouts().write());
    }
    movedBefore = moved;
    boolean idle = streams.numActiveStreams() == 0 && handlers == 0;
    if (idle && now - idleSince > timeouts().idle().toNanos()) {
      linger();
    }
  }
}
