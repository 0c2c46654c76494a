package dev.sluice;

/**
 * Answers one request.
 *
 * <p>A handler runs on a virtual thread of its own and may block: in a read of the request body, in
 * a flush to a slow client, in a sleep. It streams by writing and flushing; what it has written is
 * sent at the latest when it returns, and a handler that flushes nothing and writes little is sent
 * in one piece with its {@code Content-Length}.
 *
 * <p>When the client goes, the handler's thread is interrupted (unless {@link
 * Response#interruptOnCancel} turned that off) and its writes fail with a {@link
 * StreamClosedException}. Letting that exception, or an {@link InterruptedException}, escape is the
 * ordinary way to stop: it is not logged as a failure.
 *
 * <p>Any other exception that escapes becomes status 500 if nothing has been sent, and cuts the
 * stream otherwise, so that a truncated response never looks complete.
 *
 * <p>Thread safety: one handler serves all requests, at the same time; it must be safe for that.
 */
@FunctionalInterface
public interface Handler {

  /**
   * Answers a request.
   *
   * @param request what was asked
   * @param response where the answer is written; not valid after this method has returned
   * @throws Exception if the request cannot be answered, or not to its end
   */
  void handle(Request request, Response response) throws Exception;

  /**
   * A handler that runs on a platform thread, one per request.
   *
   * <p>Virtual threads are not time-sliced: a handler that computes for long without blocking, or
   * that reads from a pipe, a terminal or a file that may block, holds one of the few threads that
   * carry all the others. Such a handler asks for a platform thread. The request's own virtual
   * thread waits meanwhile and passes an interrupt on.
   *
   * @param handler the handler to run there
   */
  static Handler onPlatformThread(Handler handler) {
    return new PlatformThreadHandler(handler);
  }
}
