package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server whose data directory is on a small disk of its own, which gets full, and has room again.
 */
@Tag("external")
@Tag("needs-unshare")
final class FullDiskTest {
  private static final int RECORD_BYTES = 64 * 1024;
  private static final int RECORDS_MAX = 1000;
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final Pattern URL = Pattern.compile("sluice: (http://\\S+).*");

  @TempDir private Path disk;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ByteArrayOutputStream acknowledged = new ByteArrayOutputStream();

  @Test
  void a_full_disk_is_said_and_when_there_is_room_appends_go_on() throws Exception {
    Process server = start();
    try (BufferedReader err = server.errorReader()) {
      URI url = awaitUrl(err);
      Path inside = Path.of("/proc/" + server.pid() + "/root" + disk);
      Path filler = Files.write(inside.resolve("filler"), new byte[4 * 1024 * 1024]);
      assertEquals(201, put(url).statusCode());
      try (InputStream live = get(url)) {
        HttpResponse<String> refused = appendUntilRefused(url);
        assertEquals(507, refused.statusCode(), refused.body());
        assertTrue(refused.body().contains("full"), refused.body());
        assertTrue(refused.body().strip().lines().count() == 1, refused.body());
        assertContent(live.readNBytes(acknowledged.size()));
        try (InputStream late = get(url)) {
          assertContent(late.readNBytes(acknowledged.size()));
        }
        int before = acknowledged.size();
        Files.delete(filler);
        appendUntilAccepted(url);
        assertArrayEquals(
            Arrays.copyOfRange(acknowledged.toByteArray(), before, acknowledged.size()),
            live.readNBytes(acknowledged.size() - before),
            "the viewer that was there before");
      }
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  /** In a mount namespace of its own: the disk is gone with the process. */
  private Process start() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o size=8m tmpfs \"$0\" && exec \"$@\"",
            disk.toString(),
            java,
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.sluice.cli.Main",
            "serve",
            "--listen",
            "0",
            "--data",
            disk.resolve("data").toString());
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static URI awaitUrl(BufferedReader err) throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = err.readLine(); line != null; line = err.readLine()) {
      said.append(line).append('\n');
      Matcher matcher = URL.matcher(line);
      if (matcher.matches()) {
        return URI.create(matcher.group(1));
      }
    }
    throw new AssertionError("it did not start: " + said);
  }

  private HttpResponse<String> put(URI server) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(server.resolve("/v1/stream/log"))
            .header("Content-Type", "text/plain")
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Whoever reads gets what is acknowledged, and then waits. */
  private InputStream get(URI server) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(server.resolve("/log?as=raw")).build(),
            HttpResponse.BodyHandlers.ofInputStream())
        .body();
  }

  private HttpResponse<String> append(URI server) throws IOException, InterruptedException {
    byte[] record = new byte[RECORD_BYTES];
    Arrays.fill(record, (byte) ('a' + acknowledged.size() / RECORD_BYTES % 26));
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(server.resolve("/v1/stream/log"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofByteArray(record))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() == 204) {
      acknowledged.write(record);
    }
    return response;
  }

  private HttpResponse<String> appendUntilRefused(URI server)
      throws IOException, InterruptedException {
    for (int i = 0; i < RECORDS_MAX; i++) {
      HttpResponse<String> response = append(server);
      if (response.statusCode() != 204) {
        return response;
      }
    }
    throw new AssertionError("the disk never got full");
  }

  private void appendUntilAccepted(URI server) throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
    int status = append(server).statusCode();
    while (status != 204 && System.nanoTime() < deadlineNanos) { // it looks again now and then
      Thread.sleep(20);
      status = append(server).statusCode();
    }
    assertEquals(204, status, "after room was made");
  }

  private void assertContent(byte[] read) {
    assertArrayEquals(acknowledged.toByteArray(), read);
  }
}
