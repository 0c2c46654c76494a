package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** nginx with a cache in front: what is there comes from the cache, what comes is not held back. */
@Tag("external")
@Tag("needs-nginx")
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
final class CachingProxyTest {
  @TempDir private Path directory;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private ServeProcess server;
  private CachingNginx nginx;

  @BeforeEach
  void start() throws Exception {
    server = ServeProcess.start("--listen", "0");
    nginx = CachingNginx.start(directory, server.url());
    write("PUT", "");
  }

  @AfterEach
  void stop() {
    if (nginx != null) {
      nginx.close();
    }
    if (server != null) {
      server.close();
    }
    http.close();
  }

  /** Past the cache, and past nginx. */
  private HttpResponse<String> write(String method, String text, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.url().resolve("/v1/stream/log"))
            .header("Content-Type", "text/plain")
            .method(method, BodyPublishers.ofString(text));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
    assertEquals(2, response.statusCode() / 100, response.toString());
    return response;
  }

  private HttpRequest request(URI at, String query, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(at.resolve("/v1/stream/log?" + query));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  private HttpResponse<String> get(URI at, String query, String... headers)
      throws IOException, InterruptedException {
    return http.send(request(at, query, headers), BodyHandlers.ofString());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("none");
  }

  @Test
  void what_is_there_is_served_from_the_cache_the_second_time() throws Exception {
    write("POST", "one\n");
    HttpResponse<String> first = get(nginx.url(), "offset=-1");
    HttpResponse<String> second = get(nginx.url(), "offset=-1");
    assertEquals("MISS", header(first, "Cache"));
    assertEquals("HIT", header(second, "Cache"), first.headers()::toString);
    assertEquals("one\n", second.body());
    for (String name : List.of("ETag", "Stream-Next-Offset", "Stream-Up-To-Date", "Content-Type")) {
      assertEquals(header(first, name), header(second, name));
    }
  }

  @Test
  void a_client_that_has_it_is_told_so_by_the_cache() throws Exception {
    write("POST", "one\n");
    String tag = header(get(nginx.url(), "offset=-1"), "ETag");
    HttpResponse<String> again = get(nginx.url(), "offset=-1", "If-None-Match", tag);
    assertEquals(304, again.statusCode());
    assertEquals("HIT", header(again, "Cache"));
  }

  @Test
  void what_the_cache_is_to_ask_for_again_is_not_sent_again_when_it_is_the_same() throws Exception {
    write("POST", "one\n");
    HttpResponse<String> response = get(nginx.forgetful(), "offset=-1");
    assertEquals("MISS", header(response, "Cache"));
    do { // until it is older than that cache allows
      response = get(nginx.forgetful(), "offset=-1");
      assertEquals("one\n", response.body());
    } while (header(response, "Cache").equals("HIT"));
    assertEquals("REVALIDATED", header(response, "Cache"));
  }

  @Test
  void what_the_cache_asks_for_again_is_sent_when_the_journal_was_closed() throws Exception {
    write("POST", "one\n");
    HttpResponse<String> response = get(nginx.forgetful(), "offset=-1");
    write("POST", "", "Stream-Closed", "true");
    while (header(response, "Stream-Closed").equals("none")) {
      response = get(nginx.forgetful(), "offset=-1");
      assertEquals("one\n", response.body());
    }
    assertEquals("EXPIRED", header(response, "Cache"));
  }

  @Test
  void the_end_of_an_open_journal_is_not_remembered() throws Exception {
    String tail = header(write("POST", "one\n"), "Stream-Next-Offset");
    assertEquals("", get(nginx.url(), "offset=" + tail).body());
    write("POST", "two\n", "Stream-Closed", "true");
    HttpResponse<String> response = get(nginx.url(), "offset=" + tail);
    assertEquals("two\n", response.body());
    assertEquals("true", header(response, "Stream-Closed"));
  }

  @Test
  void long_polls_for_the_same_are_one_for_the_server() throws Exception {
    String tail = header(write("POST", "one\n"), "Stream-Next-Offset");
    HttpRequest poll = request(nginx.url(), "cursor=7&live=long-poll&offset=" + tail);
    List<CompletableFuture<HttpResponse<String>>> polls = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      polls.add(http.sendAsync(poll, BodyHandlers.ofString()));
    }
    write("POST", "two\n");
    List<String> fromCache = new ArrayList<>();
    for (CompletableFuture<HttpResponse<String>> answer : polls) {
      assertEquals("two\n", answer.get().body());
      fromCache.add(header(answer.get(), "Cache"));
    }
    fromCache.sort(null);
    assertEquals(List.of("HIT", "HIT", "HIT", "HIT", "MISS"), fromCache);
  }

  @Test
  void events_pass_while_the_next_one_is_not_yet_written() throws Exception {
    assertPasses("live=sse", "event: data\ndata:%1$s\ndata:\n");
  }

  @Test
  void bytes_pass_while_the_next_ones_are_not_yet_written() throws Exception {
    assertPasses("live=raw", "%1$s\n");
  }

  private void assertPasses(String live, String format) throws Exception {
    try (RawClient first = follow(live);
        RawClient second = follow(live)) {
      for (String text : List.of("one", "two", "three")) {
        write("POST", text + "\n");
        first.readUntil(format.formatted(text));
        second.readUntil(format.formatted(text));
      }
      write("POST", "", "Stream-Closed", "true");
      first.readToEnd();
      second.readToEnd();
    }
  }

  private RawClient follow(String live) throws IOException {
    RawClient client = RawClient.connect(nginx.url().getHost(), nginx.url().getPort());
    client.send(
        "GET /v1/stream/log?%s&offset=-1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            .formatted(live));
    client.readUntil("\r\n\r\n");
    return client;
  }

  @Test
  void readers_see_everything_once_and_the_end() throws Exception {
    var seen = new Semaphore(0);
    List<CompletableFuture<String>> readers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Semaphore tell = i == 0 ? seen : new Semaphore(0);
      readers.add(CompletableFuture.supplyAsync(() -> readToTheEnd(tell), this::inThread));
    }
    var expected = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      expected.append(i).append('\n');
      write("POST", i + "\n", "Stream-Closed", i == 99 ? "true" : "false");
      if (i % 4 == 3) {
        seen.acquire(4); // so that some appends find readers that wait, and some do not
      }
    }
    for (CompletableFuture<String> reader : readers) {
      assertEquals(expected.toString(), reader.get());
    }
    assertEquals(expected.toString(), readToTheEnd(new Semaphore(0)));
  }

  private void inThread(Runnable reader) {
    Thread.ofVirtual().start(reader);
  }

  /** As clients of the protocol do: what is there, then long-polls, each with the last cursor. */
  private String readToTheEnd(Semaphore tell) {
    var content = new StringBuilder();
    try {
      String query = "offset=-1";
      while (true) {
        HttpResponse<String> response = get(nginx.url(), query);
        assertTrue(response.statusCode() == 200 || response.statusCode() == 204, query);
        content.append(response.body());
        tell.release((int) response.body().lines().count());
        if (header(response, "Stream-Closed").equals("true")) {
          return content.toString();
        }
        String cursor = header(response, "Stream-Cursor");
        query = "offset=" + header(response, "Stream-Next-Offset");
        if (header(response, "Stream-Up-To-Date").equals("true")) {
          query =
              (cursor.equals("none") ? "" : "cursor=" + cursor + "&") + "live=long-poll&" + query;
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
