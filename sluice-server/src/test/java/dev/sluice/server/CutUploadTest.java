package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A request body that was cut never looks whole: who reads it gets a failure, not an end. */
final class CutUploadTest extends WireTest {
  private static final String UPLOAD =
      "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\nonly the beginning";
  private static final String FAILED = "failed, and failed again";

  private final Gate begun = new Gate();
  private final CompletableFuture<String> end = new CompletableFuture<>();

  /** Reads to the end, and tells what that was. */
  private void readOn(Request request) {
    InputStream body = request.body();
    int read = 0;
    try {
      for (int b = body.read(); b >= 0; b = body.read()) {
        read++;
        begun.open();
      }
      end.complete("took " + read + " bytes for all of it");
    } catch (IOException e) {
      end.complete(readAgain(body));
    }
  }

  private static String readAgain(InputStream body) {
    try {
      return "failed, and then read " + body.read();
    } catch (IOException e) {
      return FAILED;
    }
  }

  private String end() throws Exception {
    return end.get(60, TimeUnit.SECONDS);
  }

  @Test
  void E5_after_an_abort_by_another_thread_a_read_fails() throws Exception {
    var opened = new CompletableFuture<Response>();
    serve((request, response) -> {
      response.interruptOnCancel(false); // which would make it fail anyway
      opened.complete(response);
      readOn(request);
    });
    send(UPLOAD);
    begun.pass();
    opened.get(60, TimeUnit.SECONDS).abort("enough");
    assertEquals(FAILED, end());
  }

  @Test
  void E5_after_an_abort_by_the_handler_a_read_of_another_thread_fails() throws Exception {
    serve((request, response) -> {
      var _ = Thread.ofVirtual().start(() -> readOn(request));
      begun.pass();
      response.abort("enough");
      assertEquals(FAILED, end());
    });
    send(UPLOAD);
    assertEquals(FAILED, end());
  }

  @Test
  void H1_after_a_shutdown_has_cut_the_response_a_read_fails() throws Exception {
    Duration brief = Duration.ofMillis(50);
    Server running =
        serve(
            options -> options.withTimeouts(options.timeouts().withEnding(brief, brief)),
            (request, response) -> {
              response.interruptOnCancel(false);
              readOn(request);
            });
    send(UPLOAD);
    begun.pass();
    running.shutdown(Duration.ofMillis(1));
    assertEquals(FAILED, end());
  }

  @Test
  void C5_a_reader_that_the_handler_leaves_behind_fails() throws Exception {
    serve((request, response) -> {
      var _ = Thread.ofVirtual().start(() -> readOn(request));
      begun.pass();
    });
    RawClient client = send(UPLOAD);
    assertEquals(200, Reply.read(client).status());
    assertEquals(FAILED, end());
  }

  @Test
  void C5_and_so_does_one_that_comes_late_though_all_of_the_body_has_come() throws Exception {
    var kept = new CompletableFuture<InputStream>();
    serve((request, response) -> {
      if (kept.complete(request.body())) {
        assertEquals('0', request.body().read());
      }
    });
    RawClient client =
        send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n0123456789" + GET);
    assertEquals(200, Reply.read(client).status());
    assertEquals(200, Reply.read(client).status()); // now the first exchange has ended for good
    InputStream body = kept.get(60, TimeUnit.SECONDS);
    assertThrows(IOException.class, body::read);
  }
}
