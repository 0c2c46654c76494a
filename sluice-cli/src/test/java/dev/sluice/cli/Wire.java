package dev.sluice.cli;

import dev.sluice.journal.ProducerSequence;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What {@code cat} and {@code append} do with a server, within this JVM.
 *
 * <p>Thread safety: none.
 */
final class Wire implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final StreamUrl url;
  private final JournalClient client = new JournalClient();
  private final List<String> said = new ArrayList<>();
  private final Retry retry;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Wire(String url) {
    this.url = new StreamUrl(URI.create(url));
    this.retry = new Retry(url, said::add);
  }

  /** Finds the stream. */
  Located find() throws CliException, InterruptedException {
    return new Locator(url, client, retry, PATIENCE).find();
  }

  /** Reads a stream of a server that need not be ours, from its beginning until it is closed. */
  void read(@Nullable Live live) throws Exception {
    reading(From.START).run(live);
  }

  /** Reads what there is. */
  void readTo(String end) throws Exception {
    reading(From.START).runTo(end);
  }

  private Reading reading(From from) {
    var reads = new StreamReads(url, url.given(), client, retry, PATIENCE);
    return new Reading(reads, new Delivery(destination(), from.offset()));
  }

  /** Follows a journal of ours raw. */
  void follow(From from) throws Exception {
    new Following(url, find(), client, retry, PATIENCE, destination()).run(from, true);
  }

  private Destination destination() {
    return new Destination(out, Progress.none(new Output()));
  }

  /** A writer. */
  Appending appending(boolean json) {
    var first = new ProducerSequence(UUID.randomUUID().toString(), 0, 0);
    return new Appending(url, json, client, retry, PATIENCE, first);
  }

  /** What was read so far. */
  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** The same. */
  byte[] bytes() {
    return out.toByteArray();
  }

  /** The lines for people. */
  List<String> said() {
    return said;
  }

  @Override
  public void close() {
    client.close();
  }
}
