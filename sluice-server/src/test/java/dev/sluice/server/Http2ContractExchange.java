package dev.sluice.server;

import static dev.sluice.server.Http2ContractClient.check;

import dev.sluice.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** One request and its response on a stream of HTTP/2. Its state is under its client's lock. */
final class Http2ContractExchange extends ContractExchange {
  private final Http2ContractClient client;
  private final int stream;
  private final boolean answersHead;
  private final Deque<ReceivedHead> heads = new ArrayDeque<>();
  private final Deque<byte[]> parts = new ArrayDeque<>();

  /** Of the first part, what has been taken. */
  private int taken;

  private int sendWindow;
  private int receiveWindow;

  /** Taken, but not yet given back to the window. */
  private int notGivenBack;

  private boolean sendEnded;
  private boolean receivedHead;
  private boolean receiveEnded;
  private long received;
  private long declared = -1;
  private @Nullable String cut;
  private Headers trailers = new Headers();

  Http2ContractExchange(Http2ContractClient client, int stream, String method, boolean sendEnded) {
    this.client = client;
    this.stream = stream;
    this.answersHead = method.equals("HEAD");
    this.sendWindow = client.streamSendWindow();
    this.receiveWindow = client.windowBytes();
    this.sendEnded = sendEnded;
  }

  int stream() {
    return stream;
  }

  @Override
  void send(String bodyPart) throws IOException {
    byte[] bytes = bodyPart.getBytes(StandardCharsets.ISO_8859_1);
    if (!sendAll(bytes)) {
      throw new CutException("the server takes no more of the body: " + cut);
    }
  }

  /** Sends a whole body, or what the server wants of it. */
  void sendWhole(byte[] bytes) throws IOException {
    if (sendAll(bytes)) {
      endBody();
    }
  }

  /** Sends bytes as the windows allow; false if the server wants no more. */
  private boolean sendAll(byte[] bytes) throws IOException {
    int sent = 0;
    while (sent < bytes.length) {
      client.await(() -> cut != null || sendEnded || (sendWindow > 0 && client.maySend()));
      synchronized (client) {
        if (cut != null || sendEnded) {
          return false;
        }
        int most = Math.min(bytes.length - sent, Http2Frame.PAYLOAD_BYTES_MAX);
        int count = client.takeSendWindow(Math.min(most, sendWindow));
        if (count > 0) {
          sendWindow -= count;
          client.write(Http2Frame.data(stream, 0, Arrays.copyOfRange(bytes, sent, sent + count)));
          sent += count;
        }
      }
    }
    return true;
  }

  @Override
  void endBody() throws IOException {
    synchronized (client) {
      if (!sendEnded && cut == null) {
        sendEnded = true;
        client.write(Http2Frame.data(stream, Http2Frame.END_STREAM));
      }
    }
  }

  @Override
  ReceivedHead receiveHead() throws IOException {
    client.await(() -> !heads.isEmpty() || cut != null);
    synchronized (client) {
      if (heads.isEmpty()) {
        throw new CutException("no head: " + cut);
      }
      return heads.remove();
    }
  }

  @Override
  int receive(byte[] target, int offset, int length) throws IOException {
    client.await(() -> !parts.isEmpty() || receiveEnded || cut != null);
    synchronized (client) {
      if (parts.isEmpty()) {
        if (receiveEnded) {
          return -1;
        }
        throw new CutException("after %d bytes: %s".formatted(received, cut));
      }
      byte[] part = parts.element();
      int count = Math.min(length, part.length - taken);
      System.arraycopy(part, taken, target, offset, count);
      taken += count;
      if (taken == part.length) {
        parts.remove();
        taken = 0;
      }
      giveBack(count);
      return count;
    }
  }

  private void giveBack(int count) throws IOException {
    notGivenBack += count;
    if (!receiveEnded && cut == null && notGivenBack >= (client.windowBytes() + 1) / 2) {
      client.write(Http2Frame.windowUpdate(stream, notGivenBack));
      receiveWindow += notGivenBack;
      notGivenBack = 0;
    }
  }

  @Override
  Headers trailers() {
    synchronized (client) {
      return trailers;
    }
  }

  /** Resets the stream; whoever waits for something on it is told. */
  @Override
  void cancel() throws IOException {
    synchronized (client) {
      if (cut != null || (receiveEnded && sendEnded)) {
        return;
      }
      cut("cancelled");
      client.cancelled(stream);
      try {
        // The answer wakes a thread that waits in the socket.
        client.write(Http2Frame.reset(stream, Http2Frame.CANCEL), Http2Frame.ping(stream));
      } catch (CutException e) {
        // The connection has gone, and the stream with it.
      }
    }
  }

  // What follows is the client's to call, under its lock.

  void headers(ReceivedHead head, boolean last) {
    check(!receiveEnded, "headers after the end");
    boolean interim = head.status() >= 100 && head.status() < 200;
    if (receivedHead) {
      check(head.status() == 0 && last, "these are no trailers: " + head);
      trailers = head.headers();
    } else {
      check(head.status() >= 100 && head.status() <= 999, "no status: " + head);
      check(!interim || !last, "an interim response ends the stream: " + head);
      receivedHead = !interim;
      heads.add(head);
    }
    String length = head.headers().get("content-length");
    if (length != null && !interim) {
      declared = Long.parseLong(length);
    }
    if (last) {
      endReceived();
    }
  }

  void data(Http2Frame frame) {
    check(receivedHead && !receiveEnded, "no body may come here: " + frame);
    byte[] bytes = frame.payload();
    boolean last = frame.has(Http2Frame.END_STREAM);
    check(bytes.length > 0 || last, "it says nothing: " + frame);
    check(bytes.length == 0 || !answersHead, "a body for HEAD: " + frame);
    receiveWindow -= bytes.length;
    check(receiveWindow >= 0, "beyond the stream's window: " + frame);
    received += bytes.length;
    if (bytes.length > 0) {
      parts.add(bytes);
    }
    if (last) {
      endReceived();
    }
  }

  private void endReceived() {
    receiveEnded = true;
    check(
        declared < 0 || received == declared || (answersHead && received == 0),
        "%d bytes where %d were declared".formatted(received, declared));
  }

  void reset(Http2Frame frame) {
    cut(frame.toString());
  }

  /** It has ended before its time, unless it is whole. */
  void cut(String how) {
    if (cut == null) {
      cut = how;
    }
  }

  void widenSendWindow(int more) {
    sendWindow = Math.addExact(sendWindow, more);
  }
}
