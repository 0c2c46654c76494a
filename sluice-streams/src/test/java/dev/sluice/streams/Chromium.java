package dev.sluice.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A headless browser with one page, driven by the DevTools protocol.
 *
 * <p>Methods that wait do so for {@link #PATIENCE_SECONDS}.
 */
final class Chromium {
  private static final int PATIENCE_SECONDS = 60;
  private static final String LISTENING = "DevTools listening on ";

  private final ObjectMapper mapper = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger lastId = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();

  /** The loaders of the pages that have taken their place. */
  private final BlockingQueue<String> navigated = new LinkedBlockingQueue<>();

  private final Process process;
  private final WebSocket socket;
  private final String session;

  private Chromium(Process process, URI endpoint) throws Exception {
    this.process = process;
    this.socket =
        http.newWebSocketBuilder()
            .buildAsync(endpoint, new Receiver())
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    session =
        call("", "Target.attachToTarget", Map.of("targetId", awaitPage(), "flatten", true))
            .get("sessionId")
            .textValue();
    call(session, "Page.enable", Map.of());
  }

  /** It may listen before it has one. */
  private String awaitPage() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < deadline) {
      for (JsonNode info : call("", "Target.getTargets", Map.of()).get("targetInfos")) {
        if (info.get("type").textValue().equals("page")) {
          return info.get("targetId").textValue();
        }
      }
      Thread.sleep(20);
    }
    throw new IOException("the browser has no page");
  }

  /**
   * Starts it.
   *
   * @param profile an empty directory
   */
  static Chromium start(Path profile) throws Exception {
    Process process =
        new ProcessBuilder(
                find("chromium", "chromium-browser", "google-chrome"),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--ignore-certificate-errors",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return new Chromium(process, endpoint(process));
    } catch (Exception e) {
      kill(process);
      throw e;
    }
  }

  private static String find(String... names) {
    return Stream.of(names)
        .flatMap(
            name -> Stream.of(System.getenv("PATH").split(":", 0)).map(dir -> Path.of(dir, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow()
        .toString();
  }

  private static URI endpoint(Process process) throws IOException {
    var lines = process.errorReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(LISTENING)) {
        Thread.ofVirtual().start(() -> lines.lines().forEach(rest -> {}));
        return URI.create(line.substring(LISTENING.length()));
      }
    }
    throw new IOException("the browser has ended");
  }

  /** Opens a page, and returns when it is there in place of the one before, loaded or not. */
  void open(String url) throws Exception {
    String loader = call(session, "Page.navigate", Map.of("url", url)).get("loaderId").textValue();
    while (!awaitNavigated().equals(loader)) {
      // of a page before it
    }
  }

  /** Evaluates what leads to another page, and returns when that is there, loaded or not. */
  void leave(String expression) throws Exception {
    navigated.clear();
    evaluate(expression);
    awaitNavigated();
  }

  private String awaitNavigated() throws Exception {
    String loader = navigated.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (loader == null) {
      throw new AssertionError("the browser opens no page");
    }
    return loader;
  }

  /** The value of an expression, in the page; of a promise, what it becomes. */
  JsonNode evaluate(String expression) throws Exception {
    JsonNode result =
        call(
            session,
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
    }
    return result.get("result").path("value");
  }

  String text(String expression) throws Exception {
    return evaluate("String(" + expression + ")").textValue();
  }

  /** Waits until an expression is true, in a page that may not be there yet. */
  void await(String condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!evaluate("Boolean(" + condition + ")").booleanValue()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            condition + " did not become true; the page: " + text("document.body.innerText"));
      }
      Thread.sleep(20);
    }
  }

  private JsonNode call(String inSession, String method, Map<String, Object> parameters)
      throws Exception {
    int id = lastId.incrementAndGet();
    ObjectNode message = mapper.createObjectNode().put("id", id).put("method", method);
    message.set("params", mapper.valueToTree(parameters));
    if (!inSession.isEmpty()) {
      message.put("sessionId", inSession);
    }
    var answer = new CompletableFuture<JsonNode>();
    calls.put(id, answer);
    socket.sendText(message.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    JsonNode got = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (got.has("error")) {
      throw new AssertionError(method + ": " + got.get("error"));
    }
    return got.get("result");
  }

  /** Asks it to end, so that it clears up; ends it by force if that takes long. */
  void close() throws Exception {
    try {
      call("", "Browser.close", Map.of());
      process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException _) {
      // it may go before it answers, and is ended by force in any case
    } finally {
      socket.abort();
      http.close();
      kill(process);
    }
  }

  private static void kill(Process process) {
    List<ProcessHandle> family = process.descendants().toList();
    process.destroyForcibly();
    family.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
  }

  private final class Receiver implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      message.append(part);
      from.request(1);
      if (last) {
        onMessage(message.toString());
        message.setLength(0);
      }
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      onError(from, new IOException("the browser has closed the connection"));
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      calls.values().forEach(call -> call.completeExceptionally(failure));
    }

    private void onMessage(String text) {
      try {
        JsonNode got = mapper.readTree(text);
        CompletableFuture<JsonNode> call = calls.remove(got.path("id").asInt());
        if (call != null) {
          call.complete(got);
        } else if (got.path("method").asText().equals("Page.frameNavigated")) {
          navigated.add(got.get("params").get("frame").get("loaderId").textValue());
        }
      } catch (IOException e) {
        throw new AssertionError(text, e);
      }
    }
  }
}
