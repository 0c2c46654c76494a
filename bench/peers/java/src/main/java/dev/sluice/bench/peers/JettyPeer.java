package dev.sluice.bench.peers;

import java.nio.ByteBuffer;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty's core API: a blocking write per message, each on the wire when it returns. */
final class JettyPeer extends Handler.Abstract {
  private static final int BACKLOG = 4096;

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!Request.getPathInContext(request).equals("/stream")) {
      return false;
    }
    StreamRequest stream = StreamRequest.parse(request.getHttpURI().getQuery());
    Message message = new Message(stream.size());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
    for (long i = 0; i < stream.count(); i++) {
      stream.pauseBefore(i);
      Content.Sink.write(response, false, ByteBuffer.wrap(message.stamped()));
    }
    callback.succeeded();
    return true;
  }

  public static void main(String[] arguments) throws Exception {
    QueuedThreadPool threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    Server server = new Server(threads);
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0);
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
    server.setHandler(new JettyPeer());
    server.start();
    System.out.println("http://127.0.0.1:" + connector.getLocalPort() + "/");
  }
}
