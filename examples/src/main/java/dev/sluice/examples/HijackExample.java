package dev.sluice.examples;

import dev.sluice.Connection;
import dev.sluice.Feature;
import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Takes the connection over, and answers each line on it, without HTTP. On HTTP/2 a response has no
 * connection of its own to give, so that it asks first.
 */
record HijackExample(Duration patience) implements Handler {

  @Override
  public void handle(Request request, Response response) throws IOException {
    if (!response.supports(Feature.HIJACK)) {
      response.status(501).type("text/plain; charset=utf-8");
      response.write(request.version() + " shares this connection; ask again by HTTP/1.1.\n");
      return;
    }
    try (Connection connection = response.hijack()) {
      connection.readTimeout(patience);
      OutputStream out = connection.out();
      out.write(utf8("This is a bare connection. Say something, or bye.\n"));
      var in = new BufferedReader(new InputStreamReader(connection.in(), StandardCharsets.UTF_8));
      for (String line = read(in); line != null && !line.equals("bye"); line = read(in)) {
        out.write(utf8("You said: " + line + "\n"));
      }
      out.write(utf8("Bye.\n"));
    }
  }

  /** The next line; null at the end, or when nothing was said for too long. */
  private static @Nullable String read(BufferedReader in) throws IOException {
    try {
      return in.readLine();
    } catch (SocketTimeoutException e) {
      return null;
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
