package dev.sluice.cli;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.RequestException;
import dev.sluice.Response;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Sends a command's output to one viewer, from its first byte, as it comes. */
record TranscriptHandler(Child child, String type) implements Handler {
  private static final String EXIT_STATUS = "Sluice-Exit-Status";

  @Override
  public void handle(Request request, Response response) throws IOException, InterruptedException {
    Transcript transcript = child.transcript();
    if (transcript.start() > 0) {
      throw new RequestException(
          410, "the first %d bytes are no longer kept".formatted(transcript.start()));
    }
    response.type(type).declareTrailers(EXIT_STATUS);
    response.flush();
    long position = 0;
    for (@Nullable ByteBuffer bytes = transcript.read(0);
        bytes != null;
        bytes = transcript.read(position)) {
      if (!bytes.hasRemaining()) {
        response.abort("the viewer fell behind what is kept");
        return;
      }
      position += bytes.remaining();
      response.write(bytes);
      response.flush();
    }
    response.trailers().set(EXIT_STATUS, Integer.toString(child.awaitExitStatus()));
  }
}
