package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.testkit.RawClient;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A client of TLS that reads and sends record by record: for tests that count and break them.
 *
 * <p>Thread safety: none.
 */
final class TlsClient implements Closeable {
  static final int HEADER_BYTES = 5;
  private static final int RECORD_BYTES_MAX = 20_000;

  /**
   * What one record held.
   *
   * @param bytes of the application; empty if the record was TLS's own
   * @param end whether it said that nothing more comes
   */
  record Received(String bytes, boolean end) {}

  /** How bytes are handed to the network. */
  interface Sending {
    void send(RawClient raw, byte[] bytes) throws IOException;
  }

  private final RawClient raw;
  private final SSLEngine engine;
  private Sending sending = (client, bytes) -> client.send(bytes);

  TlsClient(RawClient raw, SSLContext context, UnaryOperator<SSLParameters> parameters) {
    this.raw = raw;
    this.engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    engine.setSSLParameters(parameters.apply(engine.getSSLParameters()));
  }

  /** Hands bytes over in another way from now on. */
  TlsClient sending(Sending other) {
    sending = other;
    return this;
  }

  /** Shakes hands. */
  TlsClient shakeHands() throws IOException {
    engine.beginHandshake();
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_WRAP -> sendOwn();
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> receive();
        case NEED_TASK -> {
          for (Runnable task = engine.getDelegatedTask();
              task != null;
              task = engine.getDelegatedTask()) {
            task.run();
          }
        }
        case FINISHED, NOT_HANDSHAKING -> {
          return this;
        }
      }
    }
  }

  /**
   * Begins a handshake on a connection that has one: TLS 1.2 renegotiates, 1.3 changes its keys.
   */
  void shakeHandsAgain() throws IOException {
    engine.beginHandshake();
    sendOwn();
  }

  private void sendOwn() throws IOException {
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      send(wrap(ByteBuffer.allocate(0)));
    }
  }

  private void send(byte[] records) throws IOException {
    sending.send(raw, records);
  }

  private byte[] wrap(ByteBuffer clear) throws IOException {
    ByteBuffer records = ByteBuffer.allocate(RECORD_BYTES_MAX);
    var _ = engine.wrap(clear, records);
    byte[] bytes = new byte[records.flip().remaining()];
    records.get(bytes);
    return bytes;
  }

  /** Encrypts what fits into a record. */
  byte[] record(String bytes) throws IOException {
    return wrap(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1)));
  }

  /** Sends Latin-1, in one record. */
  TlsClient send(String bytes) throws IOException {
    send(record(bytes));
    return this;
  }

  /** Says that nothing more comes; the socket's side stays open. */
  void sendEnd() throws IOException {
    engine.closeOutbound();
    sendOwn();
  }

  /** Reads one record, whatever it holds. */
  Received receive() throws IOException {
    byte[] header = raw.readExactly(HEADER_BYTES).getBytes(ISO_8859_1);
    int length = ByteBuffer.wrap(header).getShort(HEADER_BYTES - Short.BYTES);
    byte[] body = raw.readExactly(length).getBytes(ISO_8859_1);
    ByteBuffer record = ByteBuffer.allocate(HEADER_BYTES + length).put(header).put(body).flip();
    ByteBuffer clear = ByteBuffer.allocate(RECORD_BYTES_MAX);
    SSLEngineResult result = engine.unwrap(record, clear);
    String bytes = ISO_8859_1.decode(clear.flip()).toString();
    return new Received(bytes, result.getStatus() == SSLEngineResult.Status.CLOSED);
  }

  /** Reads up to the next record of the application; null if there is the end before. */
  @Nullable String receiveBytes() throws IOException {
    while (true) {
      Received next = receive();
      if (next.end()) {
        return null;
      }
      if (!next.bytes().isEmpty()) {
        return next.bytes();
      }
    }
  }

  /** Reads up to and with a text. */
  String receiveUntil(String end) throws IOException {
    var text = new StringBuilder();
    while (!text.toString().endsWith(end)) {
      String more = receiveBytes();
      if (more == null) {
        throw new AssertionError("the end, after: " + text);
      }
      text.append(more);
    }
    return text.toString();
  }

  SSLEngine engine() {
    return engine;
  }

  RawClient raw() {
    return raw;
  }

  @Override
  public void close() throws IOException {
    raw.close();
  }
}
