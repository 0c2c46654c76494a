package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The rules B8 and B9: who may use a response, and when. */
abstract class SharingContract extends Contract {
  /** More than all socket buffers between server and client hold. */
  private static final int LARGE = 16 * 1024 * 1024;

  SharingContract(Transport transport) {
    super(transport);
  }

  @Test
  void B8_after_the_handler_has_returned_every_call_throws_and_touches_no_later_response()
      throws Exception {
    var leftBehind = new CompletableFuture<Response>();
    var second = new Gate();
    serve((request, response) -> {
      if (request.path().equals("/first")) {
        response.write("first");
        leftBehind.complete(response);
      } else {
        response.write("sec");
        response.flush();
        second.pass();
        response.write("ond");
      }
    });
    var client = connect();
    assertEquals("first", client.get("/first").end().text());
    var exchange = client.get("/second");
    assertEquals("sec", exchange.read(3));

    Response stale = leftBehind.get(60, TimeUnit.SECONDS);
    byte[] bytes = "STALE".getBytes(StandardCharsets.US_ASCII);
    assertThrows(IllegalStateException.class, () -> stale.write(bytes));
    assertThrows(IllegalStateException.class, stale::flush);
    assertThrows(IllegalStateException.class, stale::sync);
    assertThrows(IllegalStateException.class, () -> stale.status(500));
    assertThrows(IllegalStateException.class, () -> stale.header("X-Stale", "1"));
    assertThrows(IllegalStateException.class, () -> stale.abort("stale"));
    assertThrows(IllegalStateException.class, () -> stale.outputStream().write(bytes));

    second.open();
    var body = exchange.end();
    assertEquals("ond", body.text());
    assertTrue(body.complete());
  }

  @Test
  void B8_a_thread_that_never_stops_writing_touches_no_later_response() throws Exception {
    var threads = new ConcurrentLinkedQueue<Thread>();
    serve((request, response) -> {
      var started = new CountDownLatch(1);
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (true) {
                    response.write("stale");
                    response.flush();
                    started.countDown();
                  }
                } catch (IllegalStateException | IOException e) {
                  // The response is over.
                }
              }));
      started.await();
    });
    var client = connect();
    for (int i = 0; i < 20; i++) {
      var body = client.get("/" + i).end();
      assertTrue(body.complete(), body.cutBy());
      assertTrue(body.text().matches("(stale)+"), body.text());
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void B8_a_write_under_way_when_the_handler_returns_is_finished_first() throws Exception {
    var writer = new CompletableFuture<Thread>();
    serve((request, response) -> {
      var done = new CompletableFuture<Void>();
      Thread thread = Thread.ofVirtual().start(() -> run(done, () -> response.write(large('a'))));
      writer.complete(thread);
      Stall.await(thread);
    });
    var exchange = connectTiny().get("/");
    Stall.await(writer.get(60, TimeUnit.SECONDS));
    var body = exchange.end();
    assertTrue(body.complete(), body.cutBy());
    assertEquals(LARGE, body.text().length());
    assertEquals(-1, body.text().indexOf('b'));
  }

  @Test
  void B9_a_call_that_overlaps_another_throws_and_interleaves_nothing() throws Exception {
    var stalled = new Gate();
    var tried = new Gate();
    serve((request, response) -> {
      var done = new CompletableFuture<Void>();
      Thread other = Thread.ofVirtual().start(() -> run(done, () -> response.write(large('a'))));
      Stall.await(other);
      stalled.open();
      byte[] bytes = {'b'};
      assertThrows(IllegalStateException.class, () -> response.write(bytes));
      assertThrows(IllegalStateException.class, response::flush);
      assertThrows(IllegalStateException.class, response::sync);
      assertThrows(IllegalStateException.class, () -> response.status(500));
      tried.open();
      done.get(60, TimeUnit.SECONDS);
      response.write(new byte[] {'c'});
    });
    var exchange = connectTiny().get("/");
    stalled.pass();
    tried.pass();
    var body = exchange.end();
    assertTrue(body.complete(), body.cutBy());
    assertEquals(LARGE + 1, body.text().length());
    assertEquals(LARGE, body.text().indexOf('c'));
    assertEquals(-1, body.text().indexOf('b'));
  }

  @Test
  void B9_threads_may_take_turns() throws Exception {
    var exchange =
        get((request, response) -> {
          for (int i = 0; i < 20; i++) {
            var done = new CompletableFuture<Void>();
            String text = i + ",";
            Thread.ofVirtual()
                .start(() ->
                    run(
                        done,
                        () -> {
                          response.write(text);
                          response.flush();
                        }));
            done.get(60, TimeUnit.SECONDS);
          }
        });
    assertEquals("0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,", exchange.end().text());
  }

  @Test
  void B9_of_calls_that_race_each_is_refused_or_whole() throws Exception {
    int callers = 8;
    var refused = new AtomicInteger();
    var exchange =
        get((request, response) -> {
          var start = new Gate();
          var all = new CompletableFuture<?>[callers];
          for (int i = 0; i < callers; i++) {
            String word = "<" + Character.toString('a' + i).repeat(100) + ">";
            var done = new CompletableFuture<Void>();
            all[i] = done;
            Thread.ofVirtual()
                .start(() ->
                    run(
                        done,
                        () -> {
                          start.pass();
                          for (int n = 0; n < 200; n++) {
                            try {
                              response.write(word.getBytes(StandardCharsets.US_ASCII));
                              response.flush();
                            } catch (IllegalStateException e) {
                              refused.incrementAndGet();
                            }
                          }
                        }));
          }
          start.open();
          try {
            CompletableFuture.allOf(all).get(60, TimeUnit.SECONDS);
          } catch (ExecutionException e) {
            throw assertInstanceOf(Exception.class, e.getCause());
          }
        });
    var body = exchange.end();
    assertTrue(body.complete(), body.cutBy());
    assertEquals(
        "",
        body.text().replaceAll("<(a{100}|b{100}|c{100}|d{100}|e{100}|f{100}|g{100}|h{100})>", ""));
    assertTrue(body.text().length() / 102 + refused.get() >= callers * 200);
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void run(CompletableFuture<Void> done, Action action) {
    try {
      action.run();
      done.complete(null);
    } catch (Exception e) {
      done.completeExceptionally(e);
    }
  }

  private static byte[] large(char c) {
    byte[] bytes = new byte[LARGE];
    Arrays.fill(bytes, (byte) c);
    return bytes;
  }
}
