package dev.sluice.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.CloseReason;
import dev.sluice.Response;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A buffer is taken while unsent bytes wait in it, and only then. */
final class BufferRulesTest {
  /** A write. */
  @FunctionalInterface
  interface Write {
    void to(Response response) throws IOException;
  }

  static Stream<Arguments> largeWrites() {
    return Stream.of(
        large("an array", response -> response.write(new byte[64 * 1024])),
        large("an odd array", response -> response.write(new byte[Wire.BUFFER_BYTES + 1])),
        large("a buffer", response -> response.write(ByteBuffer.allocate(192 * 1024))),
        large(
            "an array behind a few bytes",
            response -> {
              response.write("few");
              response.write(new byte[Wire.BUFFER_BYTES]);
            }));
  }

  private static Arguments large(String name, Write write) {
    return Arguments.argumentSet(name, write);
  }

  @ParameterizedTest
  @MethodSource("largeWrites")
  void B2_after_a_large_write_no_buffer_stays_taken_and_a_flush_sends_nothing(Write write) {
    var wire = new CountingWire();
    Outcome outcome =
        new StreamingResponse(wire, new Cancellation(), false)
            .run(
                (request, response) -> {
                  response.flush();
                  write.to(response);
                  assertEquals(0, wire.buffersTaken(), "buffers while nothing is unsent");
                  int sends = wire.sends();
                  response.flush();
                  assertEquals(sends, wire.sends(), "a flush with nothing new");
                },
                TestRequest.get("/"));
    assertEquals(CloseReason.COMPLETED, outcome.reason(), () -> "failed: " + outcome.failure());
    assertEquals(1, outcome.flushes(), "flushes that sent something");
  }
}
