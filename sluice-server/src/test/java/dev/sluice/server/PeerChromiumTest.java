package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.Router;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirDeletionStrategy;

/** The pages tell what they see, while the handler that writes it waits for that. */
@Tag("needs-chromium")
final class PeerChromiumTest extends PeerTest {
  /** What pages have sent to {@code /seen}. */
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  /** Keeps the page from being loaded; the browser would end then. */
  private final Gate allSeen = new Gate();

  // A helper process of the browser may still write there when the browser has ended.
  @TempDir(deletionStrategy = TempDirDeletionStrategy.IgnoreFailures.class)
  private Path profile;

  @Test
  void a_page_shows_its_first_line_while_the_rest_is_not_yet_written() throws Exception {
    PeerProcess browser = open(router().get("/", this::page));
    assertEquals("first", awaitSeen());
    goOn();
    assertTrue(dom(browser).contains("<p>second</p>"));
  }

  private void page(Request request, Response response) throws IOException, InterruptedException {
    response.type("text/html; charset=utf-8");
    response.write(
        """
        <!doctype html>
        <p>first</p>
        <script>
          const text = document.querySelector('p').innerText;
          fetch('/seen', {method: 'POST', body: text});
        </script>
        """);
    response.flush();
    awaitGoOn();
    response.write("<p>second</p>\n");
  }

  @Test
  void a_script_reads_the_first_chunk_of_a_stream_before_the_second_is_written() throws Exception {
    PeerProcess browser =
        open(
            router()
                .get("/stream", this::answerInTwoSteps)
                .get("/held", (request, response) -> allSeen.pass())
                .get("/", (request, response) -> readerPage(response)));
    assertEquals("first\n", awaitSeen());
    goOn();
    assertEquals("second\n", awaitSeen());
    allSeen.open();
    assertTrue(dom(browser).contains("reader"));
  }

  private static void readerPage(Response response) throws IOException {
    response.type("text/html; charset=utf-8");
    response.write(
        """
        <!doctype html>
        <p>reader</p>
        <img src="/held">
        <script type="module">
          const stream = (await fetch('/stream')).body.pipeThrough(new TextDecoderStream());
          for await (const chunk of stream) {
            await fetch('/seen', {method: 'POST', body: chunk});
          }
        </script>
        """);
  }

  private Router router() {
    return new Router().post("/seen", this::onSeen);
  }

  private void onSeen(Request request, Response response) throws IOException {
    seen.add(new String(request.body().readAllBytes(), StandardCharsets.UTF_8));
    response.status(204);
  }

  private String awaitSeen() throws InterruptedException {
    return seen.poll(2, TimeUnit.MINUTES);
  }

  /** Opens a page; the browser prints its DOM once it has loaded, and ends. */
  private PeerProcess open(Router router) throws IOException {
    String url = server.start(router).url() + "/";
    return run(
        PeerProcess.find("chromium", "chromium-browser", "google-chrome"),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + profile,
        "--dump-dom",
        url);
  }

  private static String dom(PeerProcess browser) throws IOException, InterruptedException {
    List<String> lines = browser.readToEnd();
    browser.expectSuccess();
    return String.join("\n", lines);
  }
}
