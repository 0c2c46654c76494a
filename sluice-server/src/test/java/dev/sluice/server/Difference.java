package dev.sluice.server;

/**
 * The rules that do not hold in the same way on all versions of HTTP; all others do. {@link
 * DifferenceContract} has a test for each, over each version; {@link DifferenceTest} compares them
 * with what {@code docs/differences.md} says.
 */
enum Difference {
  NAMES(
      "A2",
      "names of fields",
      "as the handler wrote them",
      "in lower case",
      "HTTP/2 has no other names (RFC 9113, 8.2.1)"),
  CONNECTION_FIELDS(
      "A13",
      "`Connection`, `Keep-Alive`, `Proxy-Connection`, `Transfer-Encoding`, `Upgrade` in a response",
      "`Connection: close` ends the connection after the response",
      "are not sent; the connection goes on",
      "a connection is not one response's (RFC 9113, 8.2.2)"),
  FRAMING(
      "A10",
      "a body without a declared length",
      "`Transfer-Encoding: chunked`; a flush is a chunk",
      "DATA frames; a flush is one or more",
      "streams have frames of their own (RFC 9113, 8.1)"),
  CUT(
      "E4",
      "a response that ends before its time: a failed or aborted handler, fewer bytes than declared,"
          + " a deadline of writing, a viewer that fell behind",
      "the connection is closed without the last chunk",
      "the stream is reset, with CANCEL if the handler said so or the client took nothing, else with"
          + " INTERNAL_ERROR; the connection and its other streams go on",
      "a stream has an end of its own (RFC 9113, 6.4)"),
  SEVERAL(
      "E2",
      "requests that come while a response is open",
      "are answered one after the other",
      "are answered at once",
      "that is what HTTP/2 is for"),
  HALF_CLOSE(
      "E3",
      "a client that closes its sending side, with `withHalfClose(true)`",
      "goes on being served",
      "has gone, as without; the end of one request is END_STREAM",
      "it could not grant windows any more"),
  UNREAD_BODY(
      "C5",
      "more than 256 KiB of a request body that the handler left unread",
      "the response, then the connection is closed, lingering",
      "the response, then the stream is reset with NO_ERROR; the connection goes on",
      "RFC 9113, 8.1 has a code for it"),
  EXPECTED_BODY(
      "C6",
      "a request with `Expect: 100-continue` that is answered without reading its body",
      "the connection is closed after the response",
      "the connection goes on",
      "no bytes can be taken for another request"),
  HIJACK(
      "D1",
      "`hijack()`",
      "hands the connection over",
      "is not supported: `supports(HIJACK)` is false, the call throws",
      "the connection is shared"),
  SWITCHING(
      "D9",
      "status 101",
      "is sent; the handler then takes the connection over",
      "is refused: IllegalStateException",
      "there is extended CONNECT instead (RFC 9113, 8.6; RFC 8441)");

  private final String rule;
  private final String what;
  private final String onHttp1;
  private final String onHttp2;
  private final String why;

  Difference(String rule, String what, String onHttp1, String onHttp2, String why) {
    this.rule = rule;
    this.what = what;
    this.onHttp1 = onHttp1;
    this.onHttp2 = onHttp2;
    this.why = why;
  }

  String rule() {
    return rule;
  }

  /** As a row of the table of the documentation. */
  String row() {
    return "| %s | %s | %s | %s | %s |".formatted(rule, what, onHttp1, onHttp2, why);
  }
}
