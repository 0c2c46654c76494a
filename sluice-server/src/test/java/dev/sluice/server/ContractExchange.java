package dev.sluice.server;

import dev.sluice.Headers;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way, and its response as the client gets it. What waits, waits for a minute and
 * then throws an {@link AssertionError}.
 *
 * <p>Thread safety: one thread may send while another receives.
 */
abstract class ContractExchange {
  private @Nullable ReceivedHead head;

  /** Sends a piece of an open request body, at once. */
  abstract void send(String bodyPart) throws IOException;

  /** Ends an open request body. */
  abstract void endBody() throws IOException;

  /** Waits for a head and reads it. */
  abstract ReceivedHead receiveHead() throws IOException;

  /**
   * Waits for body bytes and reads what there is.
   *
   * @return how many, or -1 if the body has ended and is whole
   * @throws CutException if it has ended and is not whole
   */
  abstract int receive(byte[] target, int offset, int length) throws IOException;

  /** The trailers, once the body has ended. */
  abstract Headers trailers();

  /** Goes away: closes the connection, or resets the stream where there are several. */
  abstract void cancel() throws IOException;

  /** Waits for the next head: an interim response or the final one. */
  final ReceivedHead nextHead() throws IOException {
    ReceivedHead received = receiveHead();
    if (received.status() >= 200 || received.status() == 101) {
      head = received;
    }
    return received;
  }

  /** Waits for the final status and headers; interim ones are skipped. */
  final ReceivedHead head() throws IOException {
    while (head == null) {
      nextHead();
    }
    return head;
  }

  /** Waits for exactly so many further bytes of the body. */
  final String read(int count) throws IOException {
    return new String(body().readNBytes(count), StandardCharsets.ISO_8859_1);
  }

  /** Reads so many further bytes of the body and drops them. */
  final void skip(long count) throws IOException {
    try {
      body().skipNBytes(count);
    } catch (EOFException e) {
      throw new AssertionError("the body ended early", e);
    }
  }

  /** Reads to the end of the body, however it ends. */
  final ReceivedBody end() throws IOException {
    var bytes = new ByteArrayOutputStream();
    @Nullable String cutBy = null;
    try {
      body().transferTo(bytes);
    } catch (CutException e) {
      cutBy = String.valueOf(e.getMessage());
    }
    return new ReceivedBody(bytes.toString(StandardCharsets.ISO_8859_1), cutBy, trailers());
  }

  /** The body as a stream, as {@link #receive} reads it. */
  final InputStream body() throws IOException {
    head();
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return receive(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        return length == 0 ? 0 : receive(target, offset, length);
      }
    };
  }
}
