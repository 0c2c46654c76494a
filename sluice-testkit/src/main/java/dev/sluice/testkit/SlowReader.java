package dev.sluice.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A client that reads only when it is told to, through a small receive buffer: a server that writes
 * to it soon has to wait.
 *
 * <p>Thread safety: none.
 */
public final class SlowReader implements Closeable {
  private final RawClient client;
  private long bytesRead;

  private SlowReader(RawClient client) {
    this.client = client;
  }

  /**
   * Connects and sends a request.
   *
   * @param receiveBufferBytes what the socket asks for; Linux doubles it and has a minimum of about
   *     2 KiB
   */
  public static SlowReader connect(
      InetSocketAddress address, int receiveBufferBytes, String request) throws IOException {
    RawClient client =
        RawClient.connect(
            address, RawClient.Options.DEFAULTS.withReceiveBufferBytes(receiveBufferBytes));
    return new SlowReader(client.send(request));
  }

  /** Reads so many bytes and no more; waits for them for thirty seconds. */
  public String read(int count) throws IOException {
    String text = client.readExactly(count);
    bytesRead += count;
    return text;
  }

  /** Reads up to and with a text, and no further. */
  public String readUntil(String end) throws IOException {
    String text = client.readUntil(end);
    bytesRead += text.length();
    return text;
  }

  /** How many bytes were read so far. */
  public long bytesRead() {
    return bytesRead;
  }

  /** The client below, for what a slow reader does not do. */
  public RawClient client() {
    return client;
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
