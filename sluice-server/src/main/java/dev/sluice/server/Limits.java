package dev.sluice.server;

import java.util.stream.LongStream;

/**
 * What a client may ask of the server. Immutable; each {@code with} returns a changed copy.
 *
 * @param connectionsMax open connections; a further one gets 503 and is closed
 * @param requestLineBytesMax a longer request line gets 414
 * @param headerBytesMax all header lines of a request together; more get 431
 * @param headerLinesMax header lines of a request; more get 431
 * @param bodyBytesMax a request body; a larger one gets 413
 * @param bodyBufferBytesMax request body that is kept until the handler reads it; then the
 *     connection is not read until it does
 * @param pipelinedBytesMax requests that were sent ahead, kept while a response is open; beyond
 *     that the connection is not read
 * @param streamsMax requests in progress on one HTTP/2 connection; a further one is refused, and
 *     may be sent again
 * @param connectionBodyBytesMax request bodies that an HTTP/2 connection keeps for all its handlers
 *     together; beyond that the client is not allowed to send
 * @param handlersMax handlers in progress, on all connections; a further request gets 503. A
 *     request with a head of more than 4 KiB counts as several, one more for each 4 KiB. Viewers
 *     are no handlers: see {@link dev.sluice.Response#follow}
 * @param unreadBodyBytesMax request body that the handler left unread and that is read away so that
 *     the connection can be used again; with more, it is closed
 */
public record Limits(
    int connectionsMax,
    int requestLineBytesMax,
    int headerBytesMax,
    int headerLinesMax,
    long bodyBytesMax,
    int bodyBufferBytesMax,
    int pipelinedBytesMax,
    int unreadBodyBytesMax,
    int streamsMax,
    int connectionBodyBytesMax,
    int handlersMax) {

  private static final int KIB = 1024;

  /** What a handler that waits holds, with its thread, request and response. */
  private static final int HANDLER_BYTES = 10 * KIB;

  private static final int HANDLERS_PART_OF_HEAP = 6;

  /** Checks that every limit is positive. */
  public Limits {
    long least =
        LongStream.of(
                connectionsMax,
                requestLineBytesMax,
                headerBytesMax,
                headerLinesMax,
                bodyBytesMax,
                bodyBufferBytesMax,
                pipelinedBytesMax,
                unreadBodyBytesMax,
                streamsMax,
                connectionBodyBytesMax,
                handlersMax)
            .min()
            .orElseThrow();
    if (least < 1) {
      throw new IllegalArgumentException("a limit is not positive: " + least);
    }
  }

  /**
   * 16,384 connections; 8 KiB request line, 32 KiB in 100 headers; 10 GiB body; 64 KiB kept; 256
   * streams; handlers for a sixth of the heap, 10 KiB each: 4,369 of 256 MiB.
   */
  public static Limits defaults() {
    return new Limits(
        16_384,
        8 * KIB,
        32 * KIB,
        100,
        10L * KIB * KIB * KIB,
        64 * KIB,
        64 * KIB,
        256 * KIB,
        256,
        KIB * KIB,
        handlersOfHeap(Runtime.getRuntime().maxMemory()));
  }

  static int handlersOfHeap(long bytes) {
    return Math.clamp(bytes / HANDLERS_PART_OF_HEAP / HANDLER_BYTES, 1, Integer.MAX_VALUE);
  }

  /** The same with another number of connections. */
  public Limits withConnectionsMax(int max) {
    return new Limits(
        max,
        requestLineBytesMax,
        headerBytesMax,
        headerLinesMax,
        bodyBytesMax,
        bodyBufferBytesMax,
        pipelinedBytesMax,
        unreadBodyBytesMax,
        streamsMax,
        connectionBodyBytesMax,
        handlersMax);
  }

  /** The same with other limits for a request's head. */
  public Limits withHead(int requestLineBytes, int headerBytes, int headerLines) {
    return new Limits(
        connectionsMax,
        requestLineBytes,
        headerBytes,
        headerLines,
        bodyBytesMax,
        bodyBufferBytesMax,
        pipelinedBytesMax,
        unreadBodyBytesMax,
        streamsMax,
        connectionBodyBytesMax,
        handlersMax);
  }

  /** The same with another limit for request bodies. */
  public Limits withBodyBytesMax(long max) {
    return new Limits(
        connectionsMax,
        requestLineBytesMax,
        headerBytesMax,
        headerLinesMax,
        max,
        bodyBufferBytesMax,
        pipelinedBytesMax,
        unreadBodyBytesMax,
        streamsMax,
        connectionBodyBytesMax,
        handlersMax);
  }

  /** The same with other limits for what is kept, or read away, beside the response. */
  public Limits withKept(int bodyBufferBytes, int pipelinedBytes, int unreadBodyBytes) {
    return new Limits(
        connectionsMax,
        requestLineBytesMax,
        headerBytesMax,
        headerLinesMax,
        bodyBytesMax,
        bodyBufferBytes,
        pipelinedBytes,
        unreadBodyBytes,
        streamsMax,
        connectionBodyBytesMax,
        handlersMax);
  }

  /** The same with other limits for an HTTP/2 connection. */
  public Limits withStreams(int streams, int connectionBodyBytes) {
    return new Limits(
        connectionsMax,
        requestLineBytesMax,
        headerBytesMax,
        headerLinesMax,
        bodyBytesMax,
        bodyBufferBytesMax,
        pipelinedBytesMax,
        unreadBodyBytesMax,
        streams,
        connectionBodyBytes,
        handlersMax);
  }

  /** The same with another number of handlers in progress. */
  public Limits withHandlersMax(int max) {
    return new Limits(
        connectionsMax,
        requestLineBytesMax,
        headerBytesMax,
        headerLinesMax,
        bodyBytesMax,
        bodyBufferBytesMax,
        pipelinedBytesMax,
        unreadBodyBytesMax,
        streamsMax,
        connectionBodyBytesMax,
        max);
  }
}
