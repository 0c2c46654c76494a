package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.Router;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirDeletionStrategy;

/** A browser opens six connections to a host and no more; over HTTP/2 one is enough for all. */
@Tag("needs-chromium")
final class PeerHttp2ChromiumTest extends PeerHttp2Test {
  private static final int STREAMS = 9;
  private static final String PAGE =
      """
      <!doctype html>
      <script type="module">
        const first = index => new Promise(resolve => {
          const source = new EventSource('/events?stream=' + index);
          source.onmessage = event => resolve(event.data);
        });
        const all = Array.from({length: STREAMS}, (_, index) => first(index));
        const came = (await Promise.all(all)).join(' ');
        const protocol = performance.getEntriesByType('navigation')[0].nextHopProtocol;
        await fetch('/seen', {method: 'POST', body: protocol + ' ' + came});
      </script>
      """;

  private final CountDownLatch open = new CountDownLatch(STREAMS);
  private final CompletableFuture<String> seen = new CompletableFuture<>();

  // A helper process of the browser may still write there when the browser has ended.
  @TempDir(deletionStrategy = TempDirDeletionStrategy.IgnoreFailures.class)
  private Path profile;

  @Test
  void a_page_follows_nine_streams_of_events_at_once() throws Exception {
    String url =
        serveTls(
            new Router()
                .get("/", PeerHttp2ChromiumTest::page)
                .get("/events", this::events)
                .post("/seen", this::onSeen));
    run(
        PeerProcess.find("chromium", "chromium-browser", "google-chrome"),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--ignore-certificate-errors",
        "--remote-debugging-port=0", // so that it stays
        "--user-data-dir=" + profile,
        url);
    assertEquals("h2 0 1 2 3 4 5 6 7 8", seen.get(2, TimeUnit.MINUTES));
  }

  private static void page(Request request, Response response) throws IOException {
    response.type("text/html; charset=utf-8");
    response.write(PAGE.replace("STREAMS", Integer.toString(STREAMS)));
  }

  /** Says something only when all of the others are open, too, and then stays. */
  private void events(Request request, Response response) throws Exception {
    response.type("text/event-stream");
    response.flush();
    open.countDown();
    assertTrue(open.await(60, TimeUnit.SECONDS), "open: " + (STREAMS - open.getCount()));
    response.write("data: " + request.query("stream") + "\n\n");
    response.flush();
    request.cancelled().await(Duration.ofMinutes(1));
  }

  private void onSeen(Request request, Response response) throws IOException {
    seen.complete(new String(request.body().readAllBytes(), StandardCharsets.UTF_8));
    response.status(204);
  }
}
