package dev.sluice.journal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata file of a journal says: a checksum line, then properties.
 *
 * @param forkedAt position up to which its segment files are shared with another journal
 */
record JournalMeta(JournalIdentity identity, long forkedAt, AppendState.Snapshot state) {
  private static final String CHECKSUM = "#crc32c ";

  JournalMeta with(AppendState.Snapshot now) {
    return new JournalMeta(identity, forkedAt, now);
  }

  byte[] encode() throws IOException {
    var fields = new Properties();
    encode(identity, fields);
    fields.setProperty("forkedAt", Long.toString(forkedAt));
    encode(state, fields);
    var text = new ByteArrayOutputStream();
    fields.store(text, null);
    byte[] body = text.toByteArray();
    byte[] head = (CHECKSUM + checksum(body) + "\n").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
  }

  private static void encode(JournalIdentity identity, Properties fields) {
    fields.setProperty("name", identity.name());
    fields.setProperty("id", identity.id());
    fields.setProperty("opened", identity.opened().toString());
    Origin origin = identity.origin();
    if (origin != null) {
      fields.setProperty("origin.name", origin.name());
      fields.setProperty("origin.id", origin.id());
      fields.setProperty("origin.at", Long.toString(origin.at().position()));
    }
    JournalOptions options = identity.options();
    fields.setProperty("contentType", options.contentType());
    fields.setProperty("durable", Boolean.toString(options.durable()));
    fields.setProperty("keep.bytes", Long.toString(options.retention().bytes()));
    put(fields, "keep.age", options.retention().age());
    switch (options.expiry()) {
      case Expiry.Never() -> {}
      case Expiry.Unused(Duration time) -> fields.setProperty("expires.unused", time.toString());
      case Expiry.At(Instant time) -> fields.setProperty("expires.at", time.toString());
    }
  }

  private static void encode(AppendState.Snapshot state, Properties fields) {
    AppendState.Closing how = state.closing();
    if (how != null) {
      fields.setProperty("closed", how.time().toString());
      put(fields, "closed.status", how.ending().status());
      put(fields, "closed.signal", how.ending().signal());
      ProducerSequence by = how.by();
      if (by != null) {
        fields.setProperty("closed.by", by.epoch() + " " + by.sequence() + " " + by.id());
      }
    }
    put(fields, "writerSequence", state.writerSequence());
    int number = 0;
    for (var producer : state.producers().entrySet()) {
      Producers.Progress progress = producer.getValue();
      fields.setProperty(
          "producer." + number++,
          progress.epoch() + " " + progress.sequence() + " " + producer.getKey());
    }
  }

  private static void put(Properties fields, String key, @Nullable Object value) {
    if (value != null) {
      fields.setProperty(key, value.toString());
    }
  }

  private static String checksum(byte[] body) {
    return HexFormat.of().toHexDigits(IndexEntry.checksum(ByteBuffer.wrap(body)));
  }

  /**
   * Reads it.
   *
   * @throws IOException if it is damaged
   */
  static JournalMeta decode(byte[] file) throws IOException {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int line = text.indexOf('\n') + 1;
    byte[] body = text.substring(line).getBytes(StandardCharsets.ISO_8859_1);
    if (!text.substring(0, line).strip().equals(CHECKSUM + checksum(body))) {
      throw new IOException("its checksum is wrong");
    }
    var fields = new Properties();
    fields.load(new StringReader(text.substring(line)));
    try {
      return decode(fields);
    } catch (RuntimeException e) {
      throw new IOException("it is malformed: " + e.getMessage(), e);
    }
  }

  private static JournalMeta decode(Properties fields) {
    return new JournalMeta(
        new JournalIdentity(
            required(fields, "name"),
            required(fields, "id"),
            options(fields),
            Instant.parse(required(fields, "opened")),
            origin(fields)),
        Long.parseLong(required(fields, "forkedAt")),
        state(fields));
  }

  private static @Nullable Origin origin(Properties fields) {
    String name = fields.getProperty("origin.name");
    return name == null
        ? null
        : new Origin(
            name,
            required(fields, "origin.id"),
            new Offset(Long.parseLong(required(fields, "origin.at"))));
  }

  private static JournalOptions options(Properties fields) {
    String age = fields.getProperty("keep.age");
    var retention =
        new Retention(
            Long.parseLong(required(fields, "keep.bytes")),
            age == null ? null : Duration.parse(age));
    return new JournalOptions(
        required(fields, "contentType"),
        Boolean.parseBoolean(required(fields, "durable")),
        retention,
        expiry(fields));
  }

  private static AppendState.Snapshot state(Properties fields) {
    Map<String, Producers.Progress> producers = new TreeMap<>();
    for (int number = 0; fields.getProperty("producer." + number) != null; number++) {
      ProducerSequence progress = producer(required(fields, "producer." + number));
      producers.put(progress.id(), new Producers.Progress(progress.epoch(), progress.sequence()));
    }
    return new AppendState.Snapshot(
        closing(fields), fields.getProperty("writerSequence"), producers);
  }

  private static Expiry expiry(Properties fields) {
    String unused = fields.getProperty("expires.unused");
    String at = fields.getProperty("expires.at");
    if (unused != null) {
      return new Expiry.Unused(Duration.parse(unused));
    }
    return at == null ? Expiry.NEVER : new Expiry.At(Instant.parse(at));
  }

  private static AppendState.@Nullable Closing closing(Properties fields) {
    String closed = fields.getProperty("closed");
    if (closed == null) {
      return null;
    }
    String status = fields.getProperty("closed.status");
    String by = fields.getProperty("closed.by");
    var ending =
        new Ending(
            status == null ? null : Integer.valueOf(status), fields.getProperty("closed.signal"));
    return new AppendState.Closing(
        ending, Micros.of(Instant.parse(closed)), by == null ? null : producer(by));
  }

  private static ProducerSequence producer(String text) {
    String[] parts = text.split(" ", 3);
    return new ProducerSequence(parts[2], Long.parseLong(parts[0]), Long.parseLong(parts[1]));
  }

  private static String required(Properties fields, String key) {
    String value = fields.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return value;
  }
}
