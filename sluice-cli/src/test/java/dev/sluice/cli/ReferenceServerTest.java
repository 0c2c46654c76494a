package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sluice append} and {@code sluice cat} with the protocol's reference server. */
@Tag("external")
@Tag("needs-node")
@Tag("needs-npm")
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
final class ReferenceServerTest {
  private static final int LINES = 1000;

  @TempDir private Path directory;

  /** Lines that a type can have: bytes that are no text, carriage returns, JSON with blanks. */
  private static byte[] line(String type, int number, Random random) {
    String text =
        switch (type) {
          case "application/json" -> "{\"n\":%d,\"s\":\"é\\r\\n €%s\"}";
          case "text/plain" -> " %d é\r%s\r";
          default -> "%d\u0000%s";
        };
    String padding = "x".repeat(random.nextInt(200));
    byte[] line = (text.formatted(number, padding) + "\n").getBytes(StandardCharsets.UTF_8);
    if (type.equals("application/octet-stream")) {
      line[line.length - 2] = (byte) (0x80 + random.nextInt(128));
    }
    return line;
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain, long-poll",
    "text/plain,",
    "application/octet-stream, sse",
    "application/octet-stream, long-poll",
    "application/json, sse",
    "application/json, long-poll",
  })
  void what_goes_in_comes_out_also_when_the_server_is_restarted(String type, String live)
      throws Exception {
    long seed = Long.getLong("sluice.test.seed", ThreadLocalRandom.current().nextLong());
    var random = new Random(seed);
    Path expected = directory.resolve("expected");
    Path out = directory.resolve("out");
    try (var server = new ReferenceServer(directory.resolve("data"));
        OutputStream copy = Files.newOutputStream(expected)) {
      String url = server.stream("some/log");
      try (SluiceProcess append = SluiceProcess.start(append(type, url))) {
        OutputStream in = append.process().getOutputStream();
        write(type, 0, random, in, copy);
        awaitStream(url);
        try (SluiceProcess cat = SluiceProcess.start(Redirect.to(out.toFile()), cat(live, url))) {
          awaitLength(expected, out);
          server.restart();
          write(type, LINES / 2, random, in, copy);
          in.close();
          assertDone(append);
          assertDone(cat);
        }
      }
    }
    assertEquals(-1, Files.mismatch(expected, out), "-Dsluice.test.seed=" + seed);
  }

  private static void assertDone(SluiceProcess sluice) throws Exception {
    List<String> said = sluice.awaitEnd();
    assertEquals(0, sluice.process().exitValue(), said::toString);
  }

  private static String[] append(String type, String url) {
    return type.equals("application/json")
        ? new String[] {"append", "--close", "--json", url}
        : new String[] {"append", "--close", "--type", type, url};
  }

  private static String[] cat(String live, String url) {
    List<String> args = new ArrayList<>(List.of("cat"));
    if (live != null) {
      args.addAll(List.of("--live", live));
    }
    args.add(url);
    return args.toArray(String[]::new);
  }

  private static void write(
      String type, int from, Random random, OutputStream in, OutputStream copy) throws IOException {
    for (int i = from; i < from + LINES / 2; i++) {
      byte[] line = line(type, i, random);
      copy.write(line);
      in.write(line);
      in.flush();
    }
  }

  private static void awaitStream(String url) throws InterruptedException {
    try (var wire = new Wire(url)) {
      boolean there = false;
      while (!there) {
        try {
          there = !wire.find().type().isEmpty();
        } catch (CliException e) {
          Thread.sleep(5);
        }
      }
    }
  }

  /** It follows. */
  private static void awaitLength(Path expected, Path out)
      throws IOException, InterruptedException {
    while (Files.size(out) < Files.size(expected)) {
      Thread.sleep(5);
    }
  }

  @Test
  void what_is_no_json_leaves_what_was_before_it() throws Exception {
    try (var server = new ReferenceServer(directory.resolve("data"))) {
      String url = server.stream("log");
      Ended refused = Ended.withInput("1\n\n[2]\ntru\n4\n", "append", "--json", url);
      assertEquals(1, refused.status());
      Ended read = Ended.run("cat", "--json", "--no-follow", url);
      read.assertQuietlyDone();
      assertEquals("1\n[2]\n", read.out());
    }
  }

  @Test
  void one_goes_on_from_an_offset_that_the_server_has_told() throws Exception {
    try (var server = new ReferenceServer(directory.resolve("data"))) {
      String url = server.stream("log");
      Ended.withInput("one\n", "append", url).assertQuietlyDone();
      String offset;
      try (var client = new JournalClient()) {
        offset = client.head(URI.create(url)).header("Stream-Next-Offset");
      }
      Ended.withInput("two\n", "append", "--close", "--producer", "me", url).assertQuietlyDone();
      assertEquals("two\n", Ended.run("cat", "--from", offset, url).out());
      assertEquals("", Ended.run("cat", "--from", "now", "--no-follow", url).out());
      assertEquals("one\ntwo\n", Ended.run("cat", url).out());
      Ended.withInput("three\n", "append", url)
          .assertFailed(url + ": is closed; append to another name");
    }
  }
}
