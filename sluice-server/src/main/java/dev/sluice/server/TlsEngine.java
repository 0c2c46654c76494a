package dev.sluice.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of one connection, and the records on their way to its socket.
 *
 * <p>Records must leave in the order in which they were encrypted. So what the socket does not take
 * is kept, at most {@value #RECORDS} records and what TLS says itself; nothing more is encrypted
 * until it has gone.
 *
 * <p>The JDK's engine takes a lock of its own, whether it wraps or unwraps. The one lock here is
 * taken before that: a virtual thread that holds it never parks, so the loop gets it soon, however
 * busy the handlers are. It is held for a few records and one system call, which does not wait.
 *
 * <p>Thread safety: all methods, from any thread, but while a {@link #task} runs.
 */
final class TlsEngine {
  /** In one system call: for the flight of a handshake, and for long writes. */
  private static final int RECORDS = 2;

  private static final int SPINS = 2_000;

  private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};

  private final SSLEngine engine;
  private final SocketChannel socket;
  private final RecordBuffers buffers;
  private final ReentrantLock lock = new ReentrantLock();

  /** Records that the socket has not taken yet; changed under the lock. */
  private volatile @Nullable ByteBuffer rest;

  private volatile boolean moved;

  // Under the lock.
  private boolean peerEnded;
  private boolean ending;
  private boolean endSaid;

  TlsEngine(SSLEngine engine, SocketChannel socket, RecordBuffers buffers) {
    this.engine = engine;
    this.socket = socket;
    this.buffers = buffers;
  }

  /** How large a buffer for records of such an engine must be. */
  static int bufferBytes(SSLEngine engine) {
    return RECORDS * engine.getSession().getPacketBufferSize();
  }

  /** What the two will speak, once they have shaken hands; empty if the client named nothing. */
  String protocol() {
    String named = engine.getApplicationProtocol();
    return named == null ? "" : named;
  }

  /** Whether the version would let the client shake hands again: TLS 1.2. */
  boolean renegotiable() {
    return engine.getSession().getProtocol().equals("TLSv1.2");
  }

  /** What the client has shown; nothing if it was not asked. */
  List<X509Certificate> clientCertificates() {
    if (!engine.getNeedClientAuth()) {
      return List.of();
    }
    try {
      return Stream.of(engine.getSession().getPeerCertificates())
          .map(X509Certificate.class::cast)
          .toList();
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException("a client without a certificate", e);
    }
  }

  /** What the engine waits for. */
  HandshakeStatus status() {
    lock.lock();
    try {
      return engine.getHandshakeStatus();
    } finally {
      lock.unlock();
    }
  }

  /** What the engine wants to compute, off the loop; null if nothing. */
  @Nullable Runnable task() {
    return engine.getDelegatedTask();
  }

  /** Decrypts one record. */
  SSLEngineResult unwrap(ByteBuffer source, ByteBuffer target) throws SSLException {
    lock.lock();
    try {
      SSLEngineResult result = engine.unwrap(source, target);
      peerEnded |= result.getStatus() == Status.CLOSED;
      return result;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the socket has taken some of the rest since this was asked last. */
  boolean moved() {
    boolean has = moved;
    moved = false;
    return has;
  }

  /** Whether the socket has all that was encrypted. */
  boolean drained() {
    return rest == null;
  }

  /**
   * Encrypts and sends what one buffer holds of the parts, unless a rest is left.
   *
   * @return how many bytes of the parts were taken
   */
  long write(ByteBuffer[] parts, int offset, int count) throws IOException {
    lockWithoutParking();
    try {
      if (ending) {
        throw new ClosedChannelException();
      }
      return sendRest() ? wrap(parts, offset, count) : 0;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends what is left, and what the engine has to say itself: its part of a handshake, an answer,
   * an alert.
   *
   * @return whether all of it has gone to the socket
   */
  boolean flush() throws IOException {
    lock.lock();
    try {
      return sendRest() && sayOwn();
    } finally {
      lock.unlock();
    }
  }

  /** Says that nothing more comes, by TLS and by TCP, behind all that was taken. */
  void end() throws IOException {
    lock.lock();
    try {
      if (!ending) {
        ending = true;
        engine.closeOutbound();
      }
      if (sendRest()) {
        var _ = sayOwn();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Who writes on HTTP/2 does so for the other streams, too, those of the loop among them: a
   * virtual thread that parks here lets them wait until it gets a carrier again. The lock is free
   * in microseconds.
   */
  private void lockWithoutParking() {
    for (int i = 0; i < SPINS; i++) {
      if (lock.tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    lock.lock();
  }

  static boolean anyRemain(ByteBuffer[] parts, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      if (parts[i].hasRemaining()) {
        return true;
      }
    }
    return false;
  }

  // Under the lock.

  private long wrap(ByteBuffer[] parts, int offset, int count) throws IOException {
    ByteBuffer records = buffers.take();
    try {
      long consumed = 0;
      boolean more = true;
      while (more) {
        SSLEngineResult result = engine.wrap(parts, offset, count, records);
        consumed += result.bytesConsumed();
        more =
            switch (result.getStatus()) {
              case OK -> goesOn(result, anyRemain(parts, offset, count));
              case BUFFER_OVERFLOW -> false;
              case CLOSED -> throw new ClosedChannelException(); // what it says of that is not sent
              case BUFFER_UNDERFLOW -> throw new SSLException("no bytes to encrypt");
            };
      }
      send(records.flip());
      return consumed;
    } finally {
      buffers.give(records);
    }
  }

  private static boolean goesOn(SSLEngineResult result, boolean bytesRemain) throws SSLException {
    HandshakeStatus next = result.getHandshakeStatus();
    if (next == HandshakeStatus.NEED_WRAP) {
      return true;
    }
    if (bytesRemain && result.bytesConsumed() == 0 && next != HandshakeStatus.FINISHED) {
      throw new SSLException("bytes cannot be encrypted now: " + next);
    }
    return bytesRemain;
  }

  /**
   * A client of TLS 1.2 that has ended its side is owed the end of ours; but that is said when it
   * is one, not in the middle of a response.
   */
  private boolean sayOwn() throws IOException {
    boolean mute = peerEnded && !ending;
    while (rest == null
        && !mute
        && !endSaid
        && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      sayOnce();
    }
    if (ending && rest == null) {
      var _ = socket.shutdownOutput();
    }
    return rest == null;
  }

  private void sayOnce() throws IOException {
    ByteBuffer records = buffers.take();
    try {
      SSLEngineResult result;
      do {
        result = engine.wrap(NOTHING, records);
      } while (result.getStatus() == Status.OK
          && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
      endSaid |= result.getStatus() == Status.CLOSED;
      send(records.flip());
    } finally {
      buffers.give(records);
    }
  }

  private void send(ByteBuffer records) throws IOException {
    var _ = socket.write(records);
    if (records.hasRemaining()) {
      rest = ByteBuffer.allocate(records.remaining()).put(records).flip();
    }
  }

  /** Whether nothing is left of what was encrypted before. */
  private boolean sendRest() throws IOException {
    ByteBuffer left = rest;
    if (left != null) {
      moved |= socket.write(left) > 0;
      if (left.hasRemaining()) {
        return false;
      }
      rest = null;
    }
    return true;
  }
}
