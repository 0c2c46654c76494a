package dev.sluice.bench.peers;

import java.nio.ByteBuffer;
import java.util.concurrent.Executors;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Jetty's core API: a blocking write per message, each on the wire when it returns. HTTP/1.1 and
 * HTTP/2 on one port, in cleartext or, with a store, through TLS.
 */
final class JettyPeer extends Handler.Abstract {
  private static final int BACKLOG = 4096;

  private final JettyHub hub = new JettyHub();

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    switch (Request.getPathInContext(request)) {
      case "/stream" -> stream(request, response);
      case "/sse" -> {
        hub.follow(response, callback);
        return true;
      }
      case "/pub" -> hub.publish(Publication.parse(request.getHttpURI().getQuery()));
      default -> {
        return false;
      }
    }
    callback.succeeded();
    return true;
  }

  private static void stream(Request request, Response response) throws Exception {
    StreamRequest stream = StreamRequest.parse(request.getHttpURI().getQuery());
    Message message = new Message(stream.size());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
    for (long i = 0; i < stream.count(); i++) {
      stream.pauseBefore(i);
      Content.Sink.write(response, false, ByteBuffer.wrap(message.stamped()));
    }
  }

  private static ConnectionFactory[] protocols(Arguments arguments) {
    HttpConfiguration configuration = new HttpConfiguration();
    HttpConnectionFactory http1 = new HttpConnectionFactory(configuration);
    if (!arguments.tls()) {
      return new ConnectionFactory[] {http1, new HTTP2CServerConnectionFactory(configuration)};
    }
    SslContextFactory.Server context = new SslContextFactory.Server();
    context.setKeyStorePath(arguments.store());
    context.setKeyStorePassword(Arguments.PASSWORD);
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol(http1.getProtocol());
    return new ConnectionFactory[] {
      new SslConnectionFactory(context, alpn.getProtocol()),
      alpn,
      new HTTP2ServerConnectionFactory(configuration),
      http1
    };
  }

  public static void main(String[] args) throws Exception {
    Arguments arguments = Arguments.parse(args);
    QueuedThreadPool threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    Server server = new Server(threads);
    ServerConnector connector = new ServerConnector(server, protocols(arguments));
    connector.setHost("127.0.0.1");
    connector.setPort(arguments.port());
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
    server.setHandler(new JettyPeer());
    server.start();
    arguments.printUrl(connector.getLocalPort());
  }
}
