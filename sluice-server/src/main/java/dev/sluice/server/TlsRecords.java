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

  /** Begins with the first of them. */
  private @Nullable ByteBuf bytes;

  /** What was read behind a record that had come in part; only what that one lacks is copied. */
  private @Nullable ByteBuf behind;

  /** Whether the first buffer is one that holds nothing but what is left. */
  private boolean settled;

  TlsRecords(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** Adds what was read, and owns it. */
  void add(ByteBuf more) {
    if (bytes == null) {
      bytes = more;
      settled = false;
    } else if (behind == null) {
      behind = more;
    } else {
      behind.writeBytes(more);
      more.release();
    }
  }

  /** How many bytes there are. */
  int readableBytes() {
    return (bytes == null ? 0 : bytes.readableBytes())
        + (behind == null ? 0 : behind.readableBytes());
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
    if (in == null || !pull(in, HEADER_BYTES)) {
      return null;
    }
    int whole = firstBytes(in);
    return pull(in, whole) ? in.nioBuffer(in.readerIndex(), whole) : null;
  }

  /** Whether so many bytes are in the first buffer, or could be taken from behind it. */
  private boolean pull(ByteBuf in, int count) {
    int missing = count - in.readableBytes();
    ByteBuf more = behind;
    if (missing > 0 && more != null) {
      in.writeBytes(more, Math.min(missing, more.readableBytes()));
      if (!more.isReadable()) {
        more.release();
        behind = null;
      }
    }
    return in.readableBytes() >= count;
  }

  /** How long the first record is, of which the header has come. */
  private static int firstBytes(ByteBuf in) throws SSLException {
    int start = in.readerIndex();
    int type = in.getUnsignedByte(start);
    int length = in.getUnsignedShort(start + HEADER_BYTES - Short.BYTES);
    if (type < TYPE_MIN
        || type > TYPE_MAX
        || in.getUnsignedByte(start + 1) != VERSION_MAJOR
        || length > BODY_BYTES_MAX) {
      throw new SSLException("what the client sent is no record of TLS");
    }
    return HEADER_BYTES + length;
  }

  /** Forgets so many bytes: those of a record. */
  void skip(int count) {
    ByteBuf in = bytes;
    if (in != null) {
      in.skipBytes(count);
      if (!in.isReadable()) {
        in.release();
        bytes = behind;
        behind = null;
        settled = false;
      }
    }
  }

  /** Keeps what is left of a buffer that was read in one of its own, which grows with it. */
  void settle() {
    ByteBuf in = bytes;
    if (in != null && behind == null && !settled) {
      settled = true;
      bytes = allocator.buffer(in.readableBytes()).writeBytes(in);
      in.release();
    }
  }

  /** Forgets all. */
  void release() {
    for (ByteBuf one : new ByteBuf[] {bytes, behind}) {
      if (one != null) {
        one.release();
      }
    }
    bytes = null;
    behind = null;
  }
}
