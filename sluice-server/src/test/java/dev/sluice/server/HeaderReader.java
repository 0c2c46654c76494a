package dev.sluice.server;

import static dev.sluice.server.Http2ContractClient.check;

import dev.sluice.Headers;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts the header blocks of a connection together and decodes them, strictly. */
final class HeaderReader {
  private static final int FIELD_BYTES_MAX = 1024 * 1024;

  private final DefaultHttp2HeadersDecoder decoder =
      new DefaultHttp2HeadersDecoder(true, FIELD_BYTES_MAX);

  /** A block that goes on in a CONTINUATION, with the flags and the stream of its HEADERS. */
  private @Nullable Http2Frame open;

  /** Whether a CONTINUATION must come next. */
  boolean isOpen() {
    return open != null;
  }

  /** Adds a HEADERS or CONTINUATION frame, and returns the whole if that was the last. */
  @Nullable Http2Frame add(Http2Frame frame) {
    Http2Frame whole = frame;
    if (frame.type() == Http2Frame.CONTINUATION) {
      Http2Frame begun = open;
      check(begun != null && begun.stream() == frame.stream(), frame);
      var block = new ByteArrayOutputStream();
      block.writeBytes(begun.payload());
      block.writeBytes(frame.payload());
      int flags = begun.flags() | (frame.flags() & Http2Frame.END_HEADERS);
      whole = new Http2Frame(Http2Frame.HEADERS, flags, begun.stream(), block.toByteArray());
    } else {
      check(!frame.has(Http2Frame.PADDED) && !frame.has(Http2Frame.PRIORITIZED), frame);
    }
    open = whole.has(Http2Frame.END_HEADERS) ? null : whole;
    return open == null ? whole : null;
  }

  /** The status, or 0 if there is none, and the fields of a whole block. */
  ReceivedHead decode(Http2Frame whole) {
    int status = 0;
    var fields = new Headers();
    try {
      Http2Headers decoded =
          decoder.decodeHeaders(whole.stream(), Unpooled.wrappedBuffer(whole.payload()));
      for (Map.Entry<CharSequence, CharSequence> field : decoded) {
        String name = field.getKey().toString();
        if (name.equals(":status")) {
          status = Integer.parseInt(field.getValue().toString());
        } else {
          check(name.equals(name.toLowerCase(Locale.ROOT)), name);
          fields.add(name, field.getValue().toString());
        }
      }
    } catch (Http2Exception | IllegalArgumentException e) {
      throw new AssertionError("a malformed header block: " + whole, e);
    }
    return new ReceivedHead(status, fields);
  }
}
