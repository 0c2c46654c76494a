package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.HijackedException;
import dev.sluice.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The rule B7: a response whose connection was hijacked says so, and writes nothing to it. */
final class AfterHijackTest extends WireTest {

  @Test
  void B7_write_and_flush_throw_a_typed_exception_and_send_nothing() throws Exception {
    byte[] bytes = "lost".getBytes(StandardCharsets.US_ASCII);
    serve((request, response) -> {
      try (var connection = response.hijack()) {
        for (String call : new String[] {"write", "flush", "sync", "status"}) {
          var failure =
              assertThrows(
                  HijackedException.class,
                  () -> {
                    switch (call) {
                      case "write" -> response.write(bytes);
                      case "flush" -> response.flush();
                      case "sync" -> response.sync();
                      default -> response.status(200);
                    }
                  });
          assertTrue(String.valueOf(failure.getMessage()).contains(call), failure.toString());
        }
        assertThrows(HijackedException.class, () -> response.outputStream().write(bytes));
        connection.out().write("raw".getBytes(StandardCharsets.US_ASCII));
      }
    });
    RawClient client = send(GET);
    assertEquals("raw", client.readToEnd());
  }
}
