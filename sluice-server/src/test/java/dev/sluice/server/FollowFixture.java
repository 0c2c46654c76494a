package dev.sluice.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.Encoding;
import dev.sluice.Handler;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A test of clients that follow a journal, which begins empty and keeps 64 MiB. */
abstract class FollowFixture extends WireTest {
  static final RawClient.Options SLOW = RawClient.Options.DEFAULTS.withReceiveBufferBytes(4096);

  @Order(3)
  @RegisterExtension
  final Ends ends = new Ends();

  final Journal journal = new Journal("test", 64 << 20);

  /** Follows the journal from the offset that the query names. */
  final Handler following(Encoding encoding) {
    return (request, response) -> {
      String query = request.target().substring(1);
      long from = query.isEmpty() ? 0 : Long.parseLong(query.substring(1));
      response.follow(journal, new Offset(from), encoding, ends.next());
    };
  }

  final void serveFollowing(Encoding encoding) throws IOException {
    serve(following(encoding));
  }

  /** The same, with other times. */
  final Server serveFollowing(UnaryOperator<Timeouts> timeouts, Encoding encoding)
      throws IOException {
    return serve(
        options -> options.withTimeouts(timeouts.apply(options.timeouts())), following(encoding));
  }

  final void append(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    append(bytes);
  }

  final void append(byte[] bytes) {
    append(journal, bytes, 0, bytes.length);
  }

  static void append(Journal journal, byte[] bytes, int offset, int length) {
    append(journal, Kind.STDOUT, Instant.EPOCH, bytes, offset, length);
  }

  /** For threads that cannot throw what is checked. */
  static void append(
      Journal journal, Kind kind, Instant time, byte[] bytes, int offset, int length) {
    try {
      journal.append(kind, time, bytes, offset, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void close(Journal journal) {
    try {
      journal.close(Ending.PLAIN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Connects and asks for what follows an offset. */
  final RawClient ask(long from) throws IOException {
    return ask(from, RawClient.Options.DEFAULTS);
  }

  final RawClient ask(long from, RawClient.Options options) throws IOException {
    return connect(options).send("GET /?%d HTTP/1.1\r\nHost: test\r\n\r\n".formatted(from));
  }

  /** Connects, follows, and reads the head. */
  final FollowedBody follow(long from) throws IOException {
    return FollowedBody.read(ask(from));
  }

  static byte[] noise(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
