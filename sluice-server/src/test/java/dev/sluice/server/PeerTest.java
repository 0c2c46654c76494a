package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.Request;
import dev.sluice.Response;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What tests with other people's programs share: a handler that sends its first line, and its
 * second one only when the test knows that the program has the first.
 */
@Tag("external")
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
abstract class PeerTest {
  @RegisterExtension final TestServer server = new TestServer();

  private final Gate firstIsThere = new Gate();

  /** Two lines, held by the gate between them. */
  void answerInTwoSteps(Request request, Response response)
      throws IOException, InterruptedException {
    response.write("first\n");
    response.flush();
    awaitGoOn();
    response.write("second\n");
  }

  /** For handlers: waits until the test has called {@link #goOn}. */
  void awaitGoOn() throws InterruptedException {
    firstIsThere.pass();
  }

  /** Serves the two lines. */
  String serveInTwoSteps() throws IOException {
    return server.start(this::answerInTwoSteps).url() + "/";
  }

  /** Lets the handler send the second line. */
  void goOn() {
    firstIsThere.open();
  }

  /** A program that is ended after the test. */
  PeerProcess run(String... command) throws IOException {
    return server.closeAfter(PeerProcess.start(command));
  }

  /** Expects the lines one by one as output of a program, the first while the handler waits. */
  void expectInTime(PeerProcess program) throws Exception {
    assertEquals("first", program.readLine());
    goOn();
    assertEquals(List.of("second"), program.readToEnd());
    program.expectSuccess();
  }
}
