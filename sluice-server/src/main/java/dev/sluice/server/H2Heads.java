package dev.sluice.server;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import dev.sluice.Headers;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Heads of HTTP/2 (RFC 9113 section 8.3), from and to what handlers see. Pure. */
final class H2Heads {
  /** They speak of one connection of HTTP/1, and are malformed here (section 8.2.2). */
  private static final Set<String> OF_A_CONNECTION =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

  private H2Heads() {}

  /**
   * A request's head.
   *
   * @param protocol of an extended CONNECT (RFC 8441)
   */
  record RequestHead(String method, String target, Headers headers, @Nullable String protocol) {}

  /**
   * Reads a request's head.
   *
   * @throws Http2Exception if it is malformed, which resets the stream (section 8.1.1)
   */
  static RequestHead request(int streamId, Http2Headers fields) throws Http2Exception {
    String method = one(streamId, fields, ":method");
    if (!isToken(method)) {
      throw malformed(streamId, ":method is no method");
    }
    String protocol = optional(fields, ":protocol");
    String authority = optional(fields, ":authority");
    boolean tunnel = method.equals("CONNECT") && protocol == null;
    String target;
    if (tunnel) {
      if (fields.contains(":scheme") || fields.contains(":path") || authority == null) {
        throw malformed(streamId, "CONNECT takes :authority alone");
      }
      target = authority;
    } else {
      one(streamId, fields, ":scheme");
      target = one(streamId, fields, ":path");
      boolean ofServer = target.equals("*") && method.equals("OPTIONS");
      if (!isVisible(target) || (!target.startsWith("/") && !ofServer)) {
        throw malformed(streamId, ":path is no path");
      }
      if (protocol != null && !method.equals("CONNECT")) {
        throw malformed(streamId, ":protocol without CONNECT");
      }
    }
    return new RequestHead(method, target, headers(streamId, fields, authority), protocol);
  }

  private static Headers headers(int streamId, Http2Headers fields, @Nullable String authority)
      throws Http2Exception {
    var headers = new Headers();
    try {
      if (authority != null) {
        headers.add("Host", authority); // which it takes the place of (section 8.3.1)
      }
      for (Map.Entry<CharSequence, CharSequence> field : fields) {
        String name = field.getKey().toString();
        String value = field.getValue().toString();
        if (!value.equals(value.strip())) {
          throw malformed(streamId, "space around the value of " + name);
        }
        if (name.equals("host") && authority != null && !authority.equalsIgnoreCase(value)) {
          throw malformed(streamId, "Host is not :authority"); // section 8.3.1
        }
        boolean crumb = name.equals("cookie") && headers.contains(name);
        if (crumb) {
          headers.set(name, headers.get(name) + "; " + value); // section 8.2.3
        } else if (!name.startsWith(":") && !(name.equals("host") && authority != null)) {
          headers.add(name, value);
        }
      }
    } catch (IllegalArgumentException e) {
      throw malformed(streamId, "a malformed field: " + e.getMessage());
    }
    return headers.fix("a request cannot be changed");
  }

  /** As in a request line of HTTP/1, where it is what keeps fields apart. */
  private static boolean isVisible(String text) {
    return text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }

  private static boolean isToken(String text) {
    try {
      Headers.checkName(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** A field that must be there once and not be empty. */
  private static String one(int streamId, Http2Headers fields, String name) throws Http2Exception {
    List<CharSequence> values = fields.getAll(name);
    if (values.size() != 1 || values.getFirst().isEmpty()) {
      throw malformed(streamId, values.size() + " " + name);
    }
    return values.getFirst().toString();
  }

  private static @Nullable String optional(Http2Headers fields, String name) {
    CharSequence value = fields.get(name);
    return value == null ? null : value.toString();
  }

  /** What is malformed in trailers, or null. */
  static @Nullable Http2Exception inTrailers(int streamId, Http2Headers fields, boolean last) {
    if (!last) {
      return malformed(streamId, "fields behind the head that do not end the stream");
    }
    for (CharSequence name : fields.names()) {
      if (name.length() > 0 && name.charAt(0) == ':') {
        return malformed(streamId, "a pseudo-header field in trailers");
      }
    }
    return null;
  }

  static Http2Exception malformed(int streamId, String what) {
    return Http2Exception.streamError(streamId, PROTOCOL_ERROR, what);
  }

  static Http2Headers response(int status, Headers fields) {
    Http2Headers block = new DefaultHttp2Headers(false);
    block.status(Integer.toString(status));
    addFields(block, fields);
    return block;
  }

  static Http2Headers trailers(Headers fields) {
    Http2Headers block = new DefaultHttp2Headers(false);
    addFields(block, fields);
    return block;
  }

  private static void addFields(Http2Headers block, Headers fields) {
    fields.forEach((name, value) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!OF_A_CONNECTION.contains(lower)) {
        block.add(lower, value);
      }
    });
  }
}
