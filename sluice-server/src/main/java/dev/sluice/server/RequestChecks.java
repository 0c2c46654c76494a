package dev.sluice.server;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the head of a request must be like before a handler sees it. Pure. */
final class RequestChecks {
  /** A host and a port, as RFC 3986 sections 3.2.2 and 3.2.3 spell them. */
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(:[0-9]*)?");

  private RequestChecks() {}

  /** Why a request is refused, or null. */
  static @Nullable Rejection check(HttpRequest request, Limits limits) {
    HttpHeaders headers = request.headers();
    Rejection coding = transferCoding(headers);
    if (coding != null) {
      return coding;
    }
    if (request.decoderResult().isFailure()) {
      return malformed(request.decoderResult());
    }
    if (headers.contains("Sec-WebSocket-Key1") || headers.contains("Sec-WebSocket-Key2")) {
      // The decoder would take eight bytes behind the head for a body that no other parser sees.
      return new Rejection(400, "a WebSocket handshake of before RFC 6455");
    }
    Rejection host =
        host(headers.getAll(HttpHeaderNames.HOST), request.protocolVersion().minorVersion() > 0);
    if (host != null) {
      return host;
    }
    for (String expectation : headers.getAll(HttpHeaderNames.EXPECT)) {
      if (!expectation.equalsIgnoreCase("100-continue")) {
        return new Rejection(417, "only Expect: 100-continue can be met");
      }
    }
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    if (length != null && Long.parseLong(length) > limits.bodyBytesMax()) {
      return new Rejection(413, "a body of more than " + limits.bodyBytesMax() + " bytes");
    }
    return null;
  }

  static @Nullable Rejection host(List<String> hosts, boolean needed) {
    if (hosts.size() > 1 || (needed && hosts.isEmpty())) {
      return new Rejection(400, hosts.size() + " Host headers; one is needed");
    }
    if (!hosts.isEmpty() && !HOST.matcher(hosts.getFirst()).matches()) {
      return new Rejection(400, "a malformed Host header");
    }
    return null;
  }

  static boolean hasBody(HttpRequest request) {
    String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
    return isChunked(request) || (length != null && !length.equals("0"));
  }

  static boolean isChunked(HttpRequest request) {
    return request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
  }

  static Rejection malformed(DecoderResult result) {
    Throwable cause = result.cause();
    if (cause instanceof TooLongFrameException) {
      return new Rejection(431, "request headers are too large");
    }
    return new Rejection(400, "malformed request: " + oneLine(String.valueOf(cause.getMessage())));
  }

  /** Decoded with chunked last and alone; nothing else is understood (RFC 9112 section 6.1). */
  private static @Nullable Rejection transferCoding(HttpHeaders headers) {
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (codings.isEmpty()) {
      return null;
    }
    if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      return new Rejection(400, "both Transfer-Encoding and Content-Length");
    }
    boolean chunked = codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase("chunked");
    return chunked ? null : new Rejection(501, "a transfer coding other than chunked");
  }

  private static String oneLine(String text) {
    String visible = text.replaceAll("[^\\x20-\\x7e]", "?");
    return visible.length() > 200 ? visible.substring(0, 200) : visible;
  }
}
