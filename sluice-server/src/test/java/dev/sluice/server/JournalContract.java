package dev.sluice.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Encoding;
import dev.sluice.Handler;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A contract of clients that follow a journal, which begins empty and keeps 64 MiB. */
abstract class JournalContract extends Contract {
  /** It looks when the server and its clients have gone. */
  @Order(1)
  @RegisterExtension
  final Ends ends = new Ends();

  final Journal journal = new Journal("test", 64 << 20);

  JournalContract(Transport transport) {
    super(transport);
  }

  /** Follows the journal from the offset that the query names, from its beginning without one. */
  final Handler following(Encoding encoding) {
    return (request, response) -> {
      String target = request.target();
      int query = target.indexOf('?');
      long from = query < 0 ? 0 : Long.parseLong(target.substring(query + 1));
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
    append(text.getBytes(UTF_8));
  }

  final void append(byte[] bytes) {
    FollowFixture.append(journal, bytes, 0, bytes.length);
  }

  /** Asks on a connection for what follows an offset, and reads the head. */
  final ContractExchange follow(ContractClient client, long from) throws IOException {
    ContractExchange exchange = client.get("/?" + from);
    assertEquals(200, exchange.head().status());
    return exchange;
  }

  final ContractExchange follow(long from) throws IOException {
    return follow(connect(), from);
  }

  /** Follows from the beginning and takes little at a time. */
  final ContractExchange followSlowly() throws IOException {
    return follow(connectTiny(), 0);
  }

  /** Expects so much more of the body, and then its end. */
  static void expectEnd(String text, ContractExchange exchange) throws IOException {
    ReceivedBody body = exchange.end();
    assertEquals(text, body.text());
    assertTrue(body.complete(), body.cutBy());
  }
}
