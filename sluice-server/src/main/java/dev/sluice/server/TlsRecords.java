package dev.sluice.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What has come of a connection of TLS and is not decrypted yet: records (RFC 8446, section 5.1),
 * the last of them in part.
 *
 * <p>Thread: the loop's.
 */
final class TlsRecords {
  /** The type of a handshake's records, and so the first byte of a connection. */
  static final int HANDSHAKE = 22;

  private static final int HEADER_BYTES = 5;
  private static final int TYPE_MIN = 20;
  private static final int TYPE_MAX = 23;
  private static final int VERSION_MAJOR = 3;

  /** What encryption may add to 16 KiB, at most; no cipher that is enabled adds more. */
  private static final int BODY_BYTES_MAX = 16 * 1024 + 256;

  private final ByteBufAllocator allocator;
  private @Nullable ByteBuf bytes;

  TlsRecords(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** Adds what was read, and owns it. */
  void add(ByteBuf more) {
    ByteBuf before = bytes;
    if (before == null) {
      bytes = more;
    } else {
      before.writeBytes(more);
      more.release();
    }
  }

  /** How many bytes there are. */
  int readableBytes() {
    return bytes == null ? 0 : bytes.readableBytes();
  }

  /** The type of the first record, or -1 if nothing has come of it. */
  int type() {
    ByteBuf in = bytes;
    return in == null || !in.isReadable() ? -1 : in.getUnsignedByte(in.readerIndex());
  }

  /**
   * The first record.
   *
   * @return null if it has not come whole
   * @throws SSLException if that is no record
   */
  @Nullable ByteBuffer record() throws SSLException {
    ByteBuf in = bytes;
    if (in == null || in.readableBytes() < HEADER_BYTES) {
      return null;
    }
    int start = in.readerIndex();
    int type = type();
    int length = in.getUnsignedShort(start + HEADER_BYTES - Short.BYTES);
    if (type < TYPE_MIN
        || type > TYPE_MAX
        || in.getUnsignedByte(start + 1) != VERSION_MAJOR
        || length > BODY_BYTES_MAX) {
      throw new SSLException("what the client sent is no record of TLS");
    }
    int whole = HEADER_BYTES + length;
    return in.readableBytes() < whole ? null : in.nioBuffer(start, whole);
  }

  /** Forgets so many bytes. */
  void skip(int count) {
    if (bytes != null) {
      bytes.skipBytes(count);
    }
  }

  /** Keeps what is left in a buffer of its own, which grows with it. */
  void settle() {
    ByteBuf in = bytes;
    if (in != null) {
      int left = in.readableBytes();
      bytes = left == 0 ? null : allocator.buffer(left).writeBytes(in);
      in.release();
    }
  }

  /** Forgets all. */
  void release() {
    if (bytes != null) {
      bytes.release();
      bytes = null;
    }
  }
}
