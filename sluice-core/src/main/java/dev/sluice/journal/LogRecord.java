package dev.sluice.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One append in the log of a data directory: all of it is there, or nothing.
 *
 * <pre>
 *   length of what follows the checksum, 4 bytes (0: the log ends here)
 *   CRC-32C of the log's number and of what follows, 4
 *   flags, 1 (1: producer, 2: ending, 4: writer's sequence); kind, 1
 *   length of the journal's name, 1; the name; the journal's identity, 4
 *   position in the journal, 8; time in microseconds since 1970, 8
 *   producer: length of its id, 1; id; epoch, 8; sequence, 8
 *   writer's sequence: its length, 1; sequence
 *   ending: status, 4 (the smallest number: none); length of the signal, 1; signal
 *   the bytes
 * </pre>
 *
 * @param position where the bytes begin in the journal
 */
record LogRecord(String name, String id, long position, Append append) {
  static final int PREFIX_BYTES = 8;

  /** How long the fields before the bytes can be. */
  static final int HEAD_BYTES_MAX = PREFIX_BYTES + 2 + 256 + 4 + 16 + 256 + 16 + 256 + 4 + 256;

  private static final int PRODUCER = 1;
  private static final int ENDING = 2;
  private static final int WRITER_SEQUENCE = 4;
  private static final int NO_STATUS = Integer.MIN_VALUE;

  /** Puts everything but the bytes, with the checksum of all. */
  void putHead(ByteBuffer target, long logNumber) {
    int start = target.position();
    ProducerSequence producer = append.producer();
    String sequence = append.writerSequence();
    Ending ending = append.ending();
    target.putLong(0);
    target.put(flags());
    target.put((byte) append.kind().code());
    putText(name, target);
    target.putInt(HexFormat.fromHexDigits(id));
    target.putLong(position).putLong(append.micros());
    if (producer != null) {
      putText(producer.id(), target);
      target.putLong(producer.epoch()).putLong(producer.sequence());
    }
    if (sequence != null) {
      putText(sequence, target);
    }
    if (ending != null) {
      Integer status = ending.status();
      String signal = ending.signal();
      target.putInt(status == null ? NO_STATUS : status);
      putText(signal == null ? "" : signal, target);
    }
    int headEnd = target.position();
    var crc = newChecksum(logNumber);
    crc.update(target.duplicate().flip().position(start + PREFIX_BYTES));
    crc.update(append.bytes(), append.offset(), append.length());
    target.putInt(start, headEnd - start - PREFIX_BYTES + append.length());
    target.putInt(start + 4, (int) crc.getValue());
  }

  private byte flags() {
    return (byte)
        ((append.producer() == null ? 0 : PRODUCER)
            | (append.ending() == null ? 0 : ENDING)
            | (append.writerSequence() == null ? 0 : WRITER_SEQUENCE));
  }

  private static CRC32C newChecksum(long logNumber) {
    var crc = new CRC32C();
    crc.update(ByteBuffer.allocate(8).putLong(logNumber).flip());
    return crc;
  }

  private static void putText(String text, ByteBuffer target) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    target.put((byte) bytes.length).put(bytes);
  }

  /** Whether the rest of a record, behind its prefix, is as it was written. */
  static boolean isSound(ByteBuffer rest, int checksum, long logNumber) {
    var crc = newChecksum(logNumber);
    crc.update(rest.duplicate());
    return (int) crc.getValue() == checksum;
  }

  /** Reads the rest of a sound record. */
  static LogRecord get(ByteBuffer rest) throws IOException {
    int flags = rest.get();
    Kind kind = Kind.ofCode(rest.get());
    if (kind == null) {
      throw new IOException("a record of an unknown kind");
    }
    String name = getText(rest);
    String id = HexFormat.of().toHexDigits(rest.getInt());
    long position = rest.getLong();
    long micros = rest.getLong();
    @Nullable ProducerSequence producer = null;
    if ((flags & PRODUCER) != 0) {
      producer = new ProducerSequence(getText(rest), rest.getLong(), rest.getLong());
    }
    @Nullable String sequence = (flags & WRITER_SEQUENCE) == 0 ? null : getText(rest);
    @Nullable Ending ending = null;
    if ((flags & ENDING) != 0) {
      int status = rest.getInt();
      String signal = getText(rest);
      ending = new Ending(status == NO_STATUS ? null : status, signal.isEmpty() ? null : signal);
    }
    byte[] bytes = new byte[rest.remaining()];
    rest.get(bytes);
    var append =
        Append.of(kind, Micros.toInstant(micros), bytes, 0, bytes.length)
            .withProducer(producer)
            .withWriterSequence(sequence)
            .withEnding(ending);
    return new LogRecord(name, id, position, append);
  }

  private static String getText(ByteBuffer source) {
    byte[] bytes = new byte[Byte.toUnsignedInt(source.get())];
    source.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
