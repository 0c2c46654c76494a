package dev.sluice.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The public suite of HTTP/2, h2spec 2.2.0: all of its tests, strictly. The build fetches it where
 * all tests are run.
 */
@Tag("external")
@Tag("needs-tar")
@ExtendWith(NettyLeaks.class)
final class H2specTest {
  private static final String ALL = "146 tests, 146 passed, 0 skipped, 0 failed";

  @RegisterExtension final TestServer server = new TestServer();
  @TempDir private Path directory;

  @Test
  void it_passes_in_cleartext() throws Exception {
    assertPasses(Transport.HTTP_2);
  }

  @Test
  void it_passes_over_tls() throws Exception {
    assertPasses(Transport.HTTP_2_TLS, "-t", "-k");
  }

  private void assertPasses(Transport transport, String... options) throws Exception {
    server.start(
        transport.configure(TestServer.options()), (request, response) -> response.write("hello"));
    List<String> command = new ArrayList<>();
    command.add(program().toString());
    command.addAll(List.of("-h", "127.0.0.1", "-p", "" + server.address().getPort()));
    command.addAll(List.of("--strict", "--timeout", "5"));
    command.addAll(List.of(options));
    String output = run(command);
    assertTrue(output.contains(ALL), output);
  }

  /** Takes it out of its archive. */
  private Path program() throws Exception {
    String archive = System.getProperty("sluice.test.h2spec");
    run(List.of("tar", "-xzf", Objects.requireNonNull(archive), "-C", directory.toString()));
    return directory.resolve("h2spec");
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int status = process.waitFor();
    String text = Files.readString(output, UTF_8);
    assertEquals(0, status, text);
    return text;
  }
}
