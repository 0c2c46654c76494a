package dev.sluice.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.CloseReason;
import dev.sluice.Response;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rule D6 where it is hardest to keep: a hijack while the handler returns. */
@Timeout(180)
final class HijackRaceTest {
  private static final int ROUNDS = 1_000;

  /** Enough where threads that spin are short of processors. */
  private static final long ENOUGH_NANOS = 2_000_000_000L;

  private static final int JITTER_SPINS = 60;

  @AutoClose private final ExecutorService leftBehind = Executors.newSingleThreadExecutor();

  @Test
  void D6_a_hijack_that_races_with_the_handlers_return_is_refused_or_nothing_is_sent() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    long begun = System.nanoTime();
    for (int round = 0; round < ROUNDS && System.nanoTime() - begun < ENOUGH_NANOS; round++) {
      var wire = new CountingWire();
      var response = new StreamingResponse(wire, new Cancellation(), false);
      var ready = new AtomicBoolean();
      var returning = new AtomicBoolean();
      CompletableFuture<Boolean> hijacked =
          CompletableFuture.supplyAsync(
              () -> {
                ready.set(true);
                await(returning);
                return tryHijack(response);
              },
              leftBehind);
      int jitter = random.nextInt(JITTER_SPINS);
      Outcome outcome =
          response.run(
              (request, sameResponse) -> {
                await(ready);
                returning.set(true);
                for (int i = 0; i < jitter; i++) {
                  Thread.onSpinWait();
                }
              },
              TestRequest.get("/"));
      boolean taken = hijacked.join();
      String which = "round " + round + ", seed " + seed;
      assertEquals(0, wire.sendsAfterHijack(), which);
      assertEquals(taken ? 0 : 1, wire.sends(), which);
      assertEquals(taken ? CloseReason.HIJACKED : CloseReason.COMPLETED, outcome.reason(), which);
    }
  }

  private static void await(AtomicBoolean flag) {
    while (!flag.get()) {
      Thread.onSpinWait();
    }
  }

  private static boolean tryHijack(Response response) {
    try {
      response.hijack();
      return true;
    } catch (IllegalStateException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
