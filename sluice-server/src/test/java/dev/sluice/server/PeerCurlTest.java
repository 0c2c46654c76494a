package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Request;
import dev.sluice.Response;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("needs-curl")
final class PeerCurlTest extends PeerTest {

  @Test
  void it_shows_what_was_flushed_while_the_handler_waits() throws Exception {
    expectInTime(run("curl", "-sSN", serveInTwoSteps()));
  }

  @Test
  void and_so_it_does_over_http_1_0_whose_end_is_the_end_of_the_connection() throws Exception {
    PeerProcess curl = run("curl", "-sSN", "--http1.0", "-D", "-", serveInTwoSteps());
    assertEquals("HTTP/1.1 200 OK", curl.readLine());
    boolean closes = false;
    for (String field = curl.readLine(); !field.isEmpty(); field = curl.readLine()) {
      assertFalse(field.startsWith("Transfer-Encoding"), field);
      closes = closes || field.equals("Connection: close");
    }
    assertTrue(closes, "Connection: close");
    expectInTime(curl);
  }

  @Test
  void it_is_content_with_the_head_alone() throws Exception {
    String url = server.start((request, response) -> response.write("hello")).url().toString();
    PeerProcess curl = run("curl", "-sSI", "--max-time", "20", url);
    List<String> head = curl.readToEnd();
    curl.expectSuccess();
    assertEquals("HTTP/1.1 200 OK", head.getFirst());
    assertTrue(head.contains("Content-Length: 5"), head.toString());
  }

  @Test
  void it_uploads_line_by_line_while_it_is_answered_line_by_line() throws Exception {
    PeerProcess curl = run("curl", "-sSN", "-T", ".", serveEcho());
    for (int i = 1; i <= 3; i++) {
      curl.writeLine("line " + i);
      assertEquals("got line " + i, curl.readLine());
    }
    curl.endInput();
    assertEquals(List.of("got all"), curl.readToEnd());
    curl.expectSuccess();
  }

  /** With {@code -T -} it looks at the answer only when its standard input gives it something. */
  @Test
  void it_is_answered_before_its_upload_has_ended() throws Exception {
    PeerProcess curl = run("curl", "-sSN", "-T", "-", serveEcho());
    var answered = new CountDownLatch(1);
    var typing = CompletableFuture.runAsync(() -> typeUntil(answered, curl));
    assertEquals("got line", curl.readLine());
    assertEquals("got line", curl.readLine());
    assertFalse(typing.isDone(), "the upload goes on");
    answered.countDown();
    typing.get(60, TimeUnit.SECONDS);
    assertEquals("got all", curl.readToEnd().getLast());
    curl.expectSuccess();
  }

  private static void typeUntil(CountDownLatch answered, PeerProcess curl) {
    try {
      do {
        curl.writeLine("line");
      } while (!answered.await(5, TimeUnit.MILLISECONDS));
      curl.endInput();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String serveEcho() throws IOException {
    return server.start(PeerCurlTest::echo).url() + "/";
  }

  private static void echo(Request request, Response response) throws IOException {
    var body = new BufferedReader(new InputStreamReader(request.body(), StandardCharsets.UTF_8));
    for (String line = body.readLine(); line != null; line = body.readLine()) {
      response.write("got " + line + "\n");
      response.flush();
    }
    response.write("got all\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void kill_9_interrupts_a_handler_that_waits_and_never_writes(boolean hasFlushed)
      throws Exception {
    var waits = new Gate();
    var interruptedNanos = new CompletableFuture<Long>();
    server.start((request, response) -> {
      if (hasFlushed) {
        response.flush();
      }
      waits.open();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interruptedNanos.complete(System.nanoTime());
        throw e;
      }
    });
    PeerProcess curl = run("curl", "-sSN", "http://127.0.0.1:" + server.address().getPort());
    waits.pass();
    long killedNanos = System.nanoTime();
    curl.kill();
    var took = Duration.ofNanos(interruptedNanos.get(60, TimeUnit.SECONDS) - killedNanos);
    System.out.println(
        "kill -9 of curl to interrupt of its handler: " + took.toNanos() / 1000 + " µs");
  }
}
