package dev.sluice.server;

import dev.sluice.Headers;
import org.jspecify.annotations.Nullable;

/** What a well-formed head of HTTP/2 must be like before a handler sees it. Pure. */
final class H2RequestChecks {
  private H2RequestChecks() {}

  /** Why a request is refused, or null. */
  static @Nullable Rejection check(H2Heads.RequestHead head, Limits limits) {
    if (head.target().length() > limits.requestLineBytesMax()) {
      return new Rejection(414, "a request line of more than " + limits.requestLineBytesMax());
    }
    Headers headers = head.headers();
    if (headers.size() > limits.headerLinesMax()) {
      return new Rejection(431, "more than " + limits.headerLinesMax() + " header lines");
    }
    Rejection host = RequestChecks.host(headers.all("Host"), true);
    if (host != null) {
      return host;
    }
    for (String expectation : headers.all("Expect")) {
      if (!expectation.equalsIgnoreCase("100-continue")) {
        return new Rejection(417, "only Expect: 100-continue can be met");
      }
    }
    String length = headers.get("Content-Length");
    if (length != null && Long.parseLong(length) > limits.bodyBytesMax()) {
      return new Rejection(413, "a body of more than " + limits.bodyBytesMax() + " bytes");
    }
    return null;
  }
}
