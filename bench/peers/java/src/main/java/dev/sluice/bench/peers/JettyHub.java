package dev.sluice.bench.peers;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/** Tells every event to every viewer, by writes that do not block. */
final class JettyHub {
  private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();

  void follow(Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
    Viewer viewer = new Viewer(response, callback);
    viewers.add(viewer);
    viewer.tell(new byte[0]); // sends the head
  }

  void publish(Publication publication) throws InterruptedException {
    publication.run(event -> viewers.forEach(viewer -> viewer.tell(event)));
  }

  /** One write at a time; what comes meanwhile waits. */
  private final class Viewer extends IteratingCallback {
    private final Response response;
    private final Callback callback;
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>(1);

    Viewer(Response response, Callback callback) {
      this.response = response;
      this.callback = callback;
    }

    void tell(byte[] event) {
      synchronized (waiting) {
        waiting.add(event);
      }
      iterate();
    }

    @Override
    protected Action process() {
      byte[] event;
      synchronized (waiting) {
        event = waiting.poll();
      }
      if (event == null) {
        return Action.IDLE;
      }
      response.write(false, ByteBuffer.wrap(event), this);
      return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
      viewers.remove(this);
      callback.failed(cause);
    }
  }
}
