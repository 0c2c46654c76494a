package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.testkit.LeakCheck;
import dev.sluice.testkit.RawClient;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server for one test. After the test it is shut down, and the test fails if a handler failed an
 * assertion or still runs, if something was logged that was not expected, or if a thread or a file
 * is left.
 *
 * <p>Use: {@code @RegisterExtension final TestServer server = new TestServer();}
 */
final class TestServer implements BeforeEachCallback, AfterEachCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Longer than a test waits for anything. */
  private static final Duration LONG = Duration.ofMinutes(2);

  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();
  private final Queue<AssertionError> handlerFailures = new ConcurrentLinkedQueue<>();
  private final Set<Thread> handlerThreads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger handlersRunning = new AtomicInteger();
  private @Nullable Server server;
  private @Nullable LeakCheck leaks;
  private @Nullable LogWatch log;

  /** Keeps a thread that Netty otherwise ends and starts when it likes, as if it leaked. */
  private @Nullable ScheduledFuture<?> nettyThread;

  /**
   * A free port, no {@code Server} field, and a short grace period. No timeout of a head, of an
   * idle connection or of a write passes within a test, however slow the machine is, unless it sets
   * one.
   */
  static ServerOptions options() {
    return ServerOptions.defaults()
        .withPort(0)
        .withLoops(2)
        .withServerHeader(false)
        .withTimeouts(
            Timeouts.defaults()
                .withHead(LONG)
                .withIdle(LONG)
                .withWrite(LONG)
                .withDrain(Duration.ofMillis(50)));
  }

  /** Starts the server of this test. */
  Server start(Handler handler) throws IOException {
    return start(options(), handler);
  }

  Server start(ServerOptions options, Handler handler) throws IOException {
    server = Server.start(options, (request, response) -> handle(handler, request, response));
    return server;
  }

  InetSocketAddress address() {
    return Objects.requireNonNull(server, "not started").address();
  }

  /** A client that is closed after the test. */
  RawClient connect() throws IOException {
    return closeAfter(RawClient.connect(address(), RawClient.Options.DEFAULTS));
  }

  /** Has something closed after the test, before the server is. */
  <T extends AutoCloseable> T closeAfter(T resource) {
    toClose.push(resource);
    return resource;
  }

  /** Waits until a failure with that text has been logged; a test must expect each that is. */
  void expectLogged(String text) throws InterruptedException {
    Objects.requireNonNull(log).expect(text);
  }

  /** How many handlers run now. */
  int handlersRunning() {
    return handlersRunning.get();
  }

  /** Waits until every handler has returned and its thread has ended. */
  void awaitHandlers() throws InterruptedException {
    for (Thread thread : handlerThreads) {
      assertTrue(thread.join(PATIENCE), "a handler still runs after " + PATIENCE);
    }
    handlerThreads.removeIf(thread -> !thread.isAlive());
  }

  private void handle(Handler handler, Request request, Response response) throws Exception {
    handlerThreads.add(Thread.currentThread());
    handlersRunning.incrementAndGet();
    try {
      handler.handle(request, response);
    } catch (AssertionError e) {
      handlerFailures.add(e);
      throw e;
    } finally {
      handlersRunning.decrementAndGet();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    nettyThread = GlobalEventExecutor.INSTANCE.schedule(() -> {}, 1, TimeUnit.HOURS);
    leaks = LeakCheck.before();
    log = LogWatch.begin();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    LogWatch watch = Objects.requireNonNull(log);
    try {
      while (!toClose.isEmpty()) {
        toClose.pop().close();
      }
      if (server != null) {
        server.close();
      }
      awaitHandlers();
      for (AssertionError failure : handlerFailures) {
        throw failure;
      }
      Objects.requireNonNull(leaks).assertNoneLeaked();
      assertEquals(List.of(), watch.unexpected(), "logged, but not expected");
    } finally {
      watch.end();
      Objects.requireNonNull(nettyThread).cancel(false);
    }
  }
}
