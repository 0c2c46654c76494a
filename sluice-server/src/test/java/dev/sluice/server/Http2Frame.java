package dev.sluice.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One frame of HTTP/2 (RFC 9113 section 4.1). */
final class Http2Frame {
  static final int DATA = 0x0;
  static final int HEADERS = 0x1;
  static final int PRIORITY = 0x2;
  static final int RST_STREAM = 0x3;
  static final int SETTINGS = 0x4;
  static final int PUSH_PROMISE = 0x5;
  static final int PING = 0x6;
  static final int GOAWAY = 0x7;
  static final int WINDOW_UPDATE = 0x8;
  static final int CONTINUATION = 0x9;

  static final int END_STREAM = 0x1;
  static final int ACK = 0x1;
  static final int END_HEADERS = 0x4;
  static final int PADDED = 0x8;
  static final int PRIORITIZED = 0x20;

  static final int HEADER_TABLE_SIZE = 0x1;
  static final int ENABLE_PUSH = 0x2;
  static final int MAX_CONCURRENT_STREAMS = 0x3;
  static final int INITIAL_WINDOW_SIZE = 0x4;
  static final int MAX_FRAME_SIZE = 0x5;
  static final int MAX_HEADER_LIST_SIZE = 0x6;
  static final int ENABLE_CONNECT_PROTOCOL = 0x8;

  static final int NO_ERROR = 0x0;
  static final int PROTOCOL_ERROR = 0x1;
  static final int INTERNAL_ERROR = 0x2;
  static final int FLOW_CONTROL_ERROR = 0x3;
  static final int STREAM_CLOSED = 0x5;
  static final int FRAME_SIZE_ERROR = 0x6;
  static final int REFUSED_STREAM = 0x7;
  static final int CANCEL = 0x8;
  static final int COMPRESSION_ERROR = 0x9;
  static final int ENHANCE_YOUR_CALM = 0xb;

  /** What a window holds before anyone has changed it. */
  static final int WINDOW_BYTES = 65_535;

  /** The longest payload that a receiver need not have asked for. */
  static final int PAYLOAD_BYTES_MAX = 16 * 1024;

  static final int HEADER_BYTES = 9;

  private final int type;
  private final int flags;
  private final int stream;
  private final byte[] payload;

  /**
   * A frame.
   *
   * @param type one of the types above, or any
   * @param stream its identifier; 0 for the connection
   */
  Http2Frame(int type, int flags, int stream, byte[] payload) {
    this.type = type;
    this.flags = flags;
    this.stream = stream;
    this.payload = payload;
  }

  /** A whole header block, in one frame. */
  static Http2Frame headers(int stream, int flags, HeaderBlock block) {
    return new Http2Frame(HEADERS, flags | END_HEADERS, stream, block.bytes());
  }

  static Http2Frame data(int stream, int flags, byte... bytes) {
    return new Http2Frame(DATA, flags, stream, bytes);
  }

  static Http2Frame reset(int stream, int error) {
    return new Http2Frame(RST_STREAM, 0, stream, int32(error));
  }

  static Http2Frame windowUpdate(int stream, int increment) {
    return new Http2Frame(WINDOW_UPDATE, 0, stream, int32(increment));
  }

  static Http2Frame ping(long content) {
    byte[] payload = ByteBuffer.allocate(Long.BYTES).putLong(content).array();
    return new Http2Frame(PING, 0, 0, payload);
  }

  static Http2Frame goAway(int lastStream, int error) {
    byte[] payload = ByteBuffer.allocate(8).putInt(lastStream).putInt(error).array();
    return new Http2Frame(GOAWAY, 0, 0, payload);
  }

  /** Settings, as pairs of identifier and value. */
  static Http2Frame settings(int... pairs) {
    ByteBuffer payload = ByteBuffer.allocate(pairs.length * 3);
    for (int i = 0; i < pairs.length; i += 2) {
      payload.putShort((short) pairs[i]).putInt(pairs[i + 1]);
    }
    return new Http2Frame(SETTINGS, 0, 0, payload.array());
  }

  /** The acknowledgement of a PING or SETTINGS frame. */
  Http2Frame acknowledgement() {
    return new Http2Frame(type, ACK, 0, type == PING ? payload : new byte[0]);
  }

  int type() {
    return type;
  }

  int flags() {
    return flags;
  }

  int stream() {
    return stream;
  }

  byte[] payload() {
    return payload;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Four bytes of the payload as a number. */
  int int32At(int offset) {
    return ByteBuffer.wrap(payload).getInt(offset);
  }

  /** The error that a RST_STREAM or GOAWAY names. */
  int error() {
    return int32At(type == GOAWAY ? 4 : 0);
  }

  /** As it is on the wire. */
  byte[] bytes() {
    return ByteBuffer.allocate(HEADER_BYTES + payload.length)
        .putInt((payload.length << 8) | type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  private static byte[] int32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  @Override
  public String toString() {
    String text =
        switch (type) {
          case RST_STREAM -> "RST_STREAM, error " + error();
          case GOAWAY ->
              "GOAWAY after stream %d, error %d: %s"
                  .formatted(
                      int32At(0),
                      error(),
                      new String(payload, 8, payload.length - 8, StandardCharsets.UTF_8));
          default -> "frame of type " + type;
        };
    return "%s, stream %d, flags %x, %d bytes".formatted(text, stream, flags, payload.length);
  }
}
