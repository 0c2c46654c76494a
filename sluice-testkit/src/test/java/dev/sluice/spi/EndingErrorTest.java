package dev.sluice.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.sluice.CloseReason;
import dev.sluice.Handler;
import dev.sluice.testkit.TestRequest;
import org.junit.jupiter.api.Test;

/** The rule A14 at its hardest: an Error while a response ends. The connection is lost by it. */
final class EndingErrorTest {
  private final Error error = new OutOfMemoryError("no memory for a buffer");

  private final CountingWire wire = new CountingWire();

  @Test
  void A14_an_error_while_the_end_of_a_stream_is_sent_cuts_it() {
    Outcome outcome =
        run((request, response) -> {
          response.write("sent");
          response.flush();
          response.write("not sent");
          wire.failWith(error);
        });
    assertCut(outcome);
    assertSame(error, outcome.failure());
  }

  @Test
  void A14_an_error_while_a_whole_response_is_sent_cuts_it() {
    Outcome outcome =
        run((request, response) -> {
          response.write("not sent");
          wire.failWith(error);
        });
    assertCut(outcome);
    assertSame(error, outcome.failure());
  }

  @Test
  void A14_an_error_while_the_500_of_a_failed_handler_is_sent_cuts_it() {
    assertCut(
        run((request, response) -> {
          response.write("forgotten");
          wire.failWith(error);
          throw new IllegalStateException("a failure of its own");
        }));
  }

  private Outcome run(Handler handler) {
    try {
      return new StreamingResponse(wire, new Cancellation(), false)
          .run(handler, TestRequest.get("/"));
    } catch (OutOfMemoryError e) {
      // JUnit would end all tests at an error like this.
      throw new AssertionError("the error left the response, which has no end", e);
    }
  }

  private void assertCut(Outcome outcome) {
    assertEquals(CloseReason.HANDLER_FAILED, outcome.reason());
    assertEquals(CloseReason.HANDLER_FAILED, wire.aborted());
    assertEquals(0, wire.buffersTaken());
  }
}
