package dev.sluice.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2, which is strict about what it gets.
 *
 * <p>Of the threads that wait for something one reads, for all. A stream's window is given back as
 * its body is taken; that of the connection as bytes come, so that a stream holds up no other.
 *
 * <p>Thread safety: all methods. The state of its exchanges is under its lock, too.
 */
final class Http2ContractClient implements ContractClient {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** All that the streams of a test may have under way. */
  private static final int CONNECTION_WINDOW_BYTES = 16 * 1024 * 1024;

  private final Http2Frames frames;
  private final String scheme;
  private final int windowBytes;
  private final HeaderReader headerReader = new HeaderReader();
  private final Map<Integer, Http2ContractExchange> exchanges = new HashMap<>();
  private final Set<Integer> cancelled = new HashSet<>();
  private int nextStream = 1;
  private int lastStream = Integer.MAX_VALUE;
  private int streamSendWindow = Http2Frame.WINDOW_BYTES;
  private int sendWindow = Http2Frame.WINDOW_BYTES;
  private int receiveWindow = CONNECTION_WINDOW_BYTES;
  private boolean settled;
  private boolean reading;
  private @Nullable String cut;
  private @Nullable AssertionError failure;

  private Http2ContractClient(Http2Frames frames, String scheme, int windowBytes)
      throws IOException {
    this.frames = frames;
    this.scheme = scheme;
    this.windowBytes = windowBytes;
    frames.begin(Http2Frame.ENABLE_PUSH, 0, Http2Frame.INITIAL_WINDOW_SIZE, windowBytes);
    frames.write(Http2Frame.windowUpdate(0, CONNECTION_WINDOW_BYTES - Http2Frame.WINDOW_BYTES));
  }

  /**
   * Connects.
   *
   * @param receiveBufferBytes of the socket and of each stream's window; 0 for the usual ones
   */
  static Http2ContractClient connect(
      SocketFactory sockets, String scheme, InetSocketAddress server, int receiveBufferBytes)
      throws IOException {
    Http2Frames frames = Http2Frames.connect(sockets, server, receiveBufferBytes);
    try {
      if (frames.socket() instanceof SSLSocket secure) {
        secure.startHandshake();
        check("h2".equals(secure.getApplicationProtocol()), secure.getApplicationProtocol());
      }
      int windowBytes = receiveBufferBytes > 0 ? receiveBufferBytes : Http2Frame.WINDOW_BYTES;
      return new Http2ContractClient(frames, scheme, windowBytes);
    } catch (IOException e) {
      frames.close();
      throw e;
    }
  }

  @Override
  public ContractExchange send(ContractRequest request) throws IOException {
    HeaderBlock block = HeaderBlock.request(request.method(), scheme, request.path());
    request.headers().forEach((name, value) -> block.field(name.toLowerCase(Locale.ROOT), value));
    String body = request.body();
    if (body != null) {
      block.field("content-length", Integer.toString(body.length()));
    }
    boolean ends = body == null && !request.openBody();
    Http2ContractExchange exchange;
    synchronized (this) {
      if (nextStream > lastStream) {
        throw new CutException("the server takes no more streams");
      }
      exchange = new Http2ContractExchange(this, nextStream, request.method(), ends);
      nextStream += 2;
      exchanges.put(exchange.stream(), exchange);
      int flags = ends ? Http2Frame.END_STREAM : 0;
      frames.write(Http2Frame.headers(exchange.stream(), flags, block));
    }
    if (body != null) {
      exchange.sendWhole(body.getBytes(StandardCharsets.ISO_8859_1));
    }
    return exchange;
  }

  /** What a stream may receive before it has given anything back. */
  int windowBytes() {
    return windowBytes;
  }

  /** What a stream may send before the server has given anything back. */
  synchronized int streamSendWindow() {
    return streamSendWindow;
  }

  /** Takes from the connection's window, up to so many bytes. Under the lock. */
  int takeSendWindow(int bytes) {
    int taken = Math.min(bytes, sendWindow);
    sendWindow -= taken;
    return taken;
  }

  boolean maySend() {
    return sendWindow > 0;
  }

  void write(Http2Frame... out) throws IOException {
    try {
      frames.write(out);
    } catch (SocketException e) {
      throw new CutException(String.valueOf(e.getMessage()));
    }
  }

  /** How the connection ended, or null. Under the lock. */
  @Nullable String cut() {
    return cut;
  }

  /** Forgets an exchange, of which more frames may come. */
  synchronized void cancelled(int stream) {
    cancelled.add(stream);
    exchanges.remove(stream);
    notifyAll();
  }

  /** Reads frames until something is so, which is asked under the lock. */
  void await(BooleanSupplier ready) throws IOException {
    while (mustRead(ready)) {
      @Nullable Http2Frame frame = null;
      @Nullable String ended = "the connection ended";
      @Nullable AssertionError broken = null;
      try {
        frame = frames.read();
      } catch (SocketException e) {
        ended = String.valueOf(e.getMessage());
      } catch (AssertionError e) {
        broken = e;
      }
      dispatch(frame, ended, broken);
    }
  }

  /** Whether this thread is the one that must read. */
  private synchronized boolean mustRead(BooleanSupplier ready) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      if (failure != null) {
        throw new AssertionError(failure.getMessage(), failure);
      }
      if (ready.getAsBoolean()) {
        return false;
      }
      if (!reading) {
        reading = true;
        return true;
      }
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        throw new AssertionError("nothing within " + PATIENCE);
      }
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }

  private synchronized void dispatch(
      @Nullable Http2Frame frame, String ended, @Nullable AssertionError broken)
      throws IOException {
    reading = false;
    notifyAll();
    try {
      if (broken != null) {
        throw broken;
      }
      if (frame == null) {
        end(ended);
      } else {
        take(frame);
      }
    } catch (AssertionError e) {
      failure = e;
    }
  }

  private void end(String how) {
    cut = how;
    exchanges.values().forEach(exchange -> exchange.cut(how));
  }

  private void take(Http2Frame frame) throws IOException {
    if (!settled) {
      check(frame.type() == Http2Frame.SETTINGS && !frame.has(Http2Frame.ACK), "first " + frame);
      settled = true;
    }
    boolean continues = frame.type() == Http2Frame.CONTINUATION;
    check(continues == headerReader.isOpen(), "of a header block: " + frame);
    switch (frame.type()) {
      case Http2Frame.DATA -> data(frame);
      case Http2Frame.HEADERS, Http2Frame.CONTINUATION -> headers(frame);
      case Http2Frame.RST_STREAM -> {
        Http2ContractExchange exchange = exchange(frame);
        if (exchange != null) {
          exchange.reset(frame);
        }
      }
      case Http2Frame.SETTINGS -> settings(frame);
      case Http2Frame.PING -> {
        check(!frame.has(Http2Frame.ACK) || frame.payload().length == 8, frame);
        if (!frame.has(Http2Frame.ACK)) {
          write(frame.acknowledgement());
        }
      }
      case Http2Frame.GOAWAY -> {
        check(frame.int32At(0) <= lastStream, frame);
        lastStream = frame.int32At(0);
        exchanges.forEach((stream, exchange) -> {
          if (stream > lastStream) {
            exchange.cut(frame.toString());
          }
        });
      }
      case Http2Frame.WINDOW_UPDATE -> windowUpdate(frame);
      default -> throw new AssertionError("unexpected: " + frame);
    }
  }

  private void data(Http2Frame frame) throws IOException {
    check(!frame.has(Http2Frame.PADDED), frame);
    int length = frame.payload().length;
    receiveWindow -= length;
    check(receiveWindow >= 0, "beyond the connection's window: " + frame);
    Http2ContractExchange exchange = exchange(frame);
    if (exchange != null) {
      exchange.data(frame);
    }
    if (receiveWindow < CONNECTION_WINDOW_BYTES / 2) {
      write(Http2Frame.windowUpdate(0, CONNECTION_WINDOW_BYTES - receiveWindow));
      receiveWindow = CONNECTION_WINDOW_BYTES;
    }
  }

  private void headers(Http2Frame frame) {
    Http2Frame whole = headerReader.add(frame);
    if (whole != null) {
      ReceivedHead head = headerReader.decode(whole);
      Http2ContractExchange exchange = exchange(whole);
      if (exchange != null) {
        exchange.headers(head, whole.has(Http2Frame.END_STREAM));
      }
    }
  }

  private void settings(Http2Frame frame) throws IOException {
    if (frame.has(Http2Frame.ACK)) {
      check(frame.payload().length == 0, frame);
      return;
    }
    for (int i = 0; i < frame.payload().length; i += 6) {
      int value = frame.int32At(i + 2);
      if (frame.int32At(i) >>> 16 == Http2Frame.INITIAL_WINDOW_SIZE) {
        int more = value - streamSendWindow;
        streamSendWindow = value;
        exchanges.values().forEach(exchange -> exchange.widenSendWindow(more));
      }
    }
    write(frame.acknowledgement());
  }

  private void windowUpdate(Http2Frame frame) {
    int more = frame.int32At(0);
    check(more > 0, frame);
    if (frame.stream() == 0) {
      sendWindow = Math.addExact(sendWindow, more);
      return;
    }
    Http2ContractExchange exchange = exchanges.get(frame.stream());
    if (exchange != null) {
      exchange.widenSendWindow(more);
    }
  }

  /** Whose frame it is; null if it was cancelled. */
  private @Nullable Http2ContractExchange exchange(Http2Frame frame) {
    Http2ContractExchange exchange = exchanges.get(frame.stream());
    check(exchange != null || cancelled.contains(frame.stream()), "on no stream: " + frame);
    return exchange;
  }

  static void check(boolean holds, Object what) {
    if (!holds) {
      throw new AssertionError("against the protocol: " + what);
    }
  }

  @Override
  public void halfClose() throws IOException {
    frames.socket().shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    frames.close();
  }
}
