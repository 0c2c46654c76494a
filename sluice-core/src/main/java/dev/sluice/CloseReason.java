package dev.sluice;

/** How a response ended; shown in logs and carried by {@link StreamClosedException}. */
public enum CloseReason {
  /** The response was sent to its end. */
  COMPLETED,
  /** The handler took the connection over. */
  HIJACKED,
  /** The handler let the response follow a journal; how that ends is told later. */
  FOLLOWED,
  /** The viewer was sent away after the lifetime of its encoding; its client comes back. */
  RENEWED,
  /** The viewer was behind what the journal keeps, and its encoding cannot say so. */
  FELL_BEHIND,
  /**
   * Bytes of the journal that were to be sent could not be read, and its encoding cannot say so.
   */
  UNREADABLE,
  /** The journal that the response followed was deleted, or has expired. */
  DELETED,
  /** Whoever appended to the journal that the response followed is gone and has not closed it. */
  ABANDONED,
  /** The client closed or reset the connection. */
  CLIENT_GONE,
  /** The client accepted no byte for the write timeout. */
  WRITE_TIMEOUT,
  /** The client's request was malformed after its head, or larger than a limit. */
  BAD_REQUEST,
  /** The handler called {@link Response#abort}. */
  ABORTED,
  /** The handler threw, or wrote less than the length it had declared. */
  HANDLER_FAILED,
  /** The thread that was writing was interrupted while bytes waited for the client. */
  INTERRUPTED,
  /** The server was shut down before the response had ended. */
  SHUTDOWN
}
