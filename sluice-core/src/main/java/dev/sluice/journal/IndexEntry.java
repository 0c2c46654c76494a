package dev.sluice.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What an index file says of one record: 24 bytes, big endian.
 *
 * <pre>
 *    0  end of the record in its segment file, 4 bytes; it begins where the one before it ends
 *    4  CRC-32C of its bytes, 4
 *    8  when it was appended, in microseconds since 1970, 8
 *   16  kind, 1; then 3 of zero
 *   20  CRC-32C of these 20 bytes, 4
 * </pre>
 */
record IndexEntry(int end, int checksum, long micros, Kind kind) {
  static final int BYTES = 24;

  private static final int CHECKED_BYTES = 20;

  void put(ByteBuffer target) {
    int start = target.position();
    target.putInt(end).putInt(checksum).putLong(micros).putInt(kind.code() << 24);
    target.putInt(checksum(target.duplicate().flip().position(start)));
  }

  /** Reads one; null if it is none. */
  static @Nullable IndexEntry get(ByteBuffer source) {
    int start = source.position();
    int end = source.getInt();
    int checksum = source.getInt();
    long micros = source.getLong();
    Kind kind = Kind.ofCode(source.getInt() >>> 24);
    int own = source.getInt();
    ByteBuffer checked = source.duplicate().position(start).limit(start + CHECKED_BYTES);
    boolean valid = own == checksum(checked) && end > 0;
    return valid && kind != null ? new IndexEntry(end, checksum, micros, kind) : null;
  }

  static int checksum(ByteBuffer bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
