package dev.sluice.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Handler;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import dev.sluice.testkit.LeakCheck;
import dev.sluice.testkit.RawClient;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents show is compiled, and does what they say. */
final class ReadmeTest {
  private static final Path ROOT = root();
  private static final Path SOURCES = Path.of("examples/src/test/java/dev/sluice/examples");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern JAVA_BLOCK = Pattern.compile("(?ms)^```java\n(.*?)^```$");

  private LeakCheck leaks;

  @BeforeEach
  void remember() {
    leaks = LeakCheck.before();
  }

  @AfterEach
  void nothing_is_left_behind() throws InterruptedException {
    leaks.assertNoneLeaked();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "docs/streaming.md",
        "docs/journals.md",
        "docs/durable-streams.md",
        "docs/tls.md"
      })
  void every_java_block_is_code_that_is_compiled(String document) throws IOException {
    String compiled = lines(read(SOURCES.resolve("ReadmeExamples.java").toString()));
    String program = lines(read(SOURCES.resolve("Ticks.java").toString()));
    List<String> blocks =
        JAVA_BLOCK.matcher(read(document)).results().map(block -> block.group(1)).toList();
    assertFalse(blocks.isEmpty(), document + " shows no Java");
    assertAll(
        blocks.stream()
            .map(block ->
                () ->
                    assertTrue(
                        compiled.contains(lines(block)) || program.contains(lines(block)),
                        document + " shows what is not in the examples:\n" + block)));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_link_to_a_file_leads_to_one(String document) throws IOException {
    Path directory = ROOT.resolve(document).getParent();
    assertAll(
        LINK.matcher(read(document))
            .results()
            .map(link -> link.group(1))
            .filter(target -> !target.startsWith("http") && !target.startsWith("#"))
            .map(target ->
                () ->
                    assertTrue(
                        Files.exists(directory.resolve(target.replaceFirst("#.*", ""))),
                        document + " links to " + target + ", which is not there")));
  }

  @Test
  void every_decision_record_is_in_the_list() throws IOException {
    String list = read("docs/decisions/README.md");
    for (String document : documents()) {
      Path path = Path.of(document);
      if (path.startsWith("docs/decisions")) {
        String name = path.getFileName().toString();
        assertTrue(name.equals("README.md") || list.contains("(" + name + ")"), name);
      }
    }
  }

  static List<String> documents() throws IOException {
    List<String> found = new ArrayList<>();
    for (String directory : List.of("", "docs", "docs/decisions", "bench")) {
      try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
        files
            .filter(file -> file.toString().endsWith(".md"))
            .map(file -> ROOT.relativize(file).toString())
            .sorted()
            .forEach(found::add);
      }
    }
    return found;
  }

  @Test
  void the_program_prints_a_url_where_each_tick_is_sent_at_once() throws Exception {
    PrintStream out = System.out;
    try (var printed = new PipedInputStream()) {
      System.setOut(new PrintStream(new PipedOutputStream(printed), true, UTF_8));
      Thread program = Thread.ofPlatform().start(ReadmeTest::runTicks);
      String line = new BufferedReader(new InputStreamReader(printed, UTF_8)).readLine();
      int port = URI.create(line.substring("curl -N ".length())).getPort();
      try (RawClient client = RawClient.connect("127.0.0.1", port)) {
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        client.readUntil("\r\n\r\n");
        assertEquals("7\r\ntick 1\n\r\n", client.readExactly("7\r\ntick 1\n\r\n".length()));
      }
      program.interrupt();
      program.join();
    } finally {
      System.setOut(out);
    }
  }

  private static void runTicks() {
    try {
      Ticks.main(new String[0]);
    } catch (InterruptedException e) {
      // That is how this test ends it.
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_line_of_a_command_is_forwarded_while_the_command_goes_on() throws Exception {
    Handler handler = ReadmeExamples.forward("sh", "-c", "echo one; read answer");
    try (Server server = start(handler);
        RawClient client = get(server, "")) {
      client.readUntil("4\r\none\n\r\n");
    }
    // That the command has ended with its client is what the leak check looks for.
  }

  @Test
  void under_a_wrapper_that_must_buffer_the_report_says_nothing_early() throws Exception {
    Handler handler = ReadmeExamples.heldBack(() -> "42 rows\n");
    try (Server server = start(handler);
        RawClient client = get(server, "")) {
      assertTrue(client.readUntil("\r\n\r\n").contains("Content-Length: 8\r\n"));
      assertEquals("42 rows\n", client.readExactly(8));
    }
  }

  @Test
  void the_hijacked_connection_echoes_what_was_sent_with_the_request_and_after_it()
      throws Exception {
    try (Server server = start(ReadmeExamples.ECHO);
        RawClient client = get(server, "early ")) {
      assertTrue(client.readUntil("\r\n\r\n").startsWith("HTTP/1.1 101 "));
      assertEquals("early ", client.readExactly(6));
      client.send("late");
      assertEquals("late", client.readExactly(4));
      client.shutdownOutput();
      client.expectEnd();
    }
  }

  @Test
  void an_upload_is_answered_while_it_is_sent() throws Exception {
    try (Server server = start(ReadmeExamples.UPPER_CASE);
        RawClient client = RawClient.connect("127.0.0.1", server.port())) {
      client.send("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\none");
      client.readUntil("3\r\nONE\r\n");
      client.send("two");
      client.readUntil("3\r\nTWO\r\n0\r\n\r\n");
    }
  }

  @Test
  void a_handler_that_is_not_interrupted_sees_its_client_go() throws Exception {
    TestExchange exchange = TestExchange.start(ReadmeExamples.PATIENT, TestRequest.get("/"));
    exchange.awaitFlushed("tick 1\n");
    exchange.disconnect();
    assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
  }

  @Test
  void a_handler_that_is_told_of_a_shutdown_ends_its_response_whole() throws Exception {
    TestExchange exchange = TestExchange.start(ReadmeExamples.PATIENT, TestRequest.get("/"));
    exchange.awaitFlushed("tick 1\n");
    exchange.drain();
    assertTrue(exchange.body().endsWith("the server stops; come back\n"));
    assertTrue(exchange.complete());
  }

  @Test
  void a_wrapper_sees_every_byte_and_flushes_go_through_it() {
    var bytes = new LongAdder();
    Handler handler = ReadmeExamples.counted(bytes, ReadmeExamples.report(() -> "42 rows\n"));
    TestExchange exchange = TestExchange.run(handler, TestRequest.get("/"));
    assertEquals(List.of("working on it …\n", "42 rows\n"), exchange.pieces());
    assertEquals(exchange.flushed().length, bytes.sum());
  }

  @Test
  void a_journal_in_a_directory_goes_on_where_it_was(@TempDir Path directory) throws IOException {
    assertEquals(4, ReadmeExamples.keep(directory, "one\n").position());
    assertEquals(8, ReadmeExamples.keep(directory, "two\n").position());
  }

  /** The tests that the README shows. */
  @Nested
  final class Shown extends ReadmeExamples {}

  private static Server start(Handler handler) throws IOException {
    return Server.start(ServerOptions.defaults().withPort(0), handler);
  }

  private static RawClient get(Server server, String behind) throws IOException {
    RawClient client = RawClient.connect("127.0.0.1", server.port());
    return client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + behind);
  }

  /** The lines without their indentation, each with its end. */
  private static String lines(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining("\n", "\n", "\n"));
  }

  private static String read(String path) throws IOException {
    return Files.readString(ROOT.resolve(path));
  }

  /** Where the reactor is, from wherever the tests are run. */
  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("sluice-core"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
