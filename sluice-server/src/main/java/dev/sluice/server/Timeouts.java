package dev.sluice.server;

import java.time.Duration;
import java.util.List;

/**
 * How long the server waits for what. Immutable; each {@code with} returns a changed copy.
 *
 * <p>There is no limit on how long a healthy stream may take.
 *
 * @param head for a request's head, from the opening of the connection or its first byte; then 408
 * @param idle between two requests on a connection; then it is closed
 * @param write while bytes wait and the client accepts none; then the stream is cut
 * @param body while a handler waits for the next byte of a request body; then 408
 * @param heartbeat silence on a response that follows a journal, which then breaks it
 * @param unreadBody for a request body that the handler left unread; then the connection is closed
 * @param linger after the last response of a connection, for the client to read it and close
 * @param drain how long a shutdown lets open responses go on before it cuts them
 */
public record Timeouts(
    Duration head,
    Duration idle,
    Duration write,
    Duration body,
    Duration heartbeat,
    Duration unreadBody,
    Duration linger,
    Duration drain) {

  /** Checks that every time is positive; linger and drain may be zero. */
  public Timeouts {
    for (Duration timeout : List.of(head, idle, write, body, heartbeat, unreadBody)) {
      if (!timeout.isPositive()) {
        throw new IllegalArgumentException("a timeout is not positive: " + timeout);
      }
    }
    if (linger.isNegative() || drain.isNegative()) {
      throw new IllegalArgumentException("negative: linger " + linger + ", drain " + drain);
    }
  }

  /**
   * 30 s for a head, 75 s idle, 30 s for a write, 5 min for a body, 15 s heartbeat, 1 s for an
   * unread one, 2 s linger, 10 s drain.
   */
  public static Timeouts defaults() {
    return new Timeouts(
        Duration.ofSeconds(30),
        Duration.ofSeconds(75),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10));
  }

  /** The same with another time for a request's head. */
  public Timeouts withHead(Duration timeout) {
    return new Timeouts(timeout, idle, write, body, heartbeat, unreadBody, linger, drain);
  }

  /** The same with another time between requests. */
  public Timeouts withIdle(Duration timeout) {
    return new Timeouts(head, timeout, write, body, heartbeat, unreadBody, linger, drain);
  }

  /** The same with another progress deadline for writes. */
  public Timeouts withWrite(Duration timeout) {
    return new Timeouts(head, idle, timeout, body, heartbeat, unreadBody, linger, drain);
  }

  /** The same with another progress deadline for request bodies. */
  public Timeouts withBody(Duration timeout) {
    return new Timeouts(head, idle, write, timeout, heartbeat, unreadBody, linger, drain);
  }

  /** The same with another time after which a silence is broken. */
  public Timeouts withHeartbeat(Duration silence) {
    return new Timeouts(head, idle, write, body, silence, unreadBody, linger, drain);
  }

  /** The same with other times for the end of a connection. */
  public Timeouts withEnding(Duration unreadBodyTimeout, Duration lingerTimeout) {
    return new Timeouts(
        head, idle, write, body, heartbeat, unreadBodyTimeout, lingerTimeout, drain);
  }

  /** The same with another grace period for a shutdown. */
  public Timeouts withDrain(Duration timeout) {
    return new Timeouts(head, idle, write, body, heartbeat, unreadBody, linger, timeout);
  }
}
