package dev.sluice;

/** What a response may be able to do, asked with {@link Response#supports}. */
public enum Feature {
  /** {@link Response#flush} puts on the wire what has been written, now. */
  FLUSH,
  /** {@link Response#hijack} hands the connection over; on HTTP/1 only. */
  HIJACK,
  /** {@link Response#follow} can let this response follow a journal. */
  FOLLOW,
  /** {@link Response#trailers} reach the client; not on HTTP/1.0, where they are dropped. */
  TRAILERS,
  /** {@link Response#inform} reaches the client; not on HTTP/1.0, where it is dropped. */
  INTERIM
}
