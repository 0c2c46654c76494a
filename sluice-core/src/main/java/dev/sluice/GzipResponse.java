package dev.sluice;

import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A response whose body is compressed, or is not: that is decided with its first byte or flush,
 * when status and headers are known.
 */
final class GzipResponse extends ForwardingResponse {
  private final boolean wanted;

  /** The compressor is no thread's own, so overlapping calls are refused here already. */
  private final AtomicBoolean busy = new AtomicBoolean();

  private boolean decided;
  private @Nullable Compressor compressor;
  private long declaredLength = -1;
  private long written;
  private boolean hijacked;
  private boolean over;

  GzipResponse(Request request, Response response) {
    super(response);
    this.wanted = !request.method().equals("HEAD") && AcceptEncoding.prefersGzip(request);
    response.defer(this::end);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    enter("write");
    try {
      Compressor body = decide(wanted);
      if (body == null) {
        super.write(bytes, offset, length);
      } else {
        // A closed response says so now, and not when the compressor has something for it.
        super.write(bytes, offset, 0);
        count(length);
        body.write(bytes, offset, length);
      }
    } finally {
      busy.set(false);
    }
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    write(copy, 0, copy.length);
    bytes.position(bytes.limit());
  }

  @Override
  public void flush() throws IOException {
    enter("flush");
    try {
      flushAll();
    } finally {
      busy.set(false);
    }
  }

  @Override
  public void sync() throws IOException {
    enter("sync");
    try {
      flushAll();
      super.sync();
    } finally {
      busy.set(false);
    }
  }

  /** The bytes of a journal do not come by here: they could not be compressed. */
  @Override
  public boolean supports(Feature feature) {
    return feature != Feature.FOLLOW && super.supports(feature);
  }

  @Override
  public void follow(Journal journal, Offset from, Encoding encoding, Consumer<CloseReason> onEnd) {
    throw new UnsupportedFeatureException(
        Feature.FOLLOW, "a journal's bytes would not be compressed; follow it without gzip");
  }

  @Override
  public Connection hijack() throws IOException {
    enter("hijack");
    try {
      if (compressor != null && supports(Feature.HIJACK)) {
        compressor.flush();
      }
      Connection connection = super.hijack();
      hijacked = true;
      return connection;
    } finally {
      busy.set(false);
    }
  }

  @Override
  public boolean reset() {
    enter("reset");
    try {
      boolean could = super.reset();
      if (could) {
        release();
        decided = false;
        declaredLength = -1;
        written = 0;
      }
      return could;
    } finally {
      busy.set(false);
    }
  }

  private void enter(String call) {
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException(
          call + " while another thread uses this response: one at a time");
    }
    if (over) {
      busy.set(false);
      throw new IllegalStateException(call + " after the handler has returned");
    }
  }

  private void flushAll() throws IOException {
    Compressor body = supports(Feature.FLUSH) ? decide(wanted) : null;
    if (body == null) {
      super.flush();
    } else {
      body.flush();
    }
  }

  /** Prepares the headers, once; returns the compressor if the body is compressed. */
  private @Nullable Compressor decide(boolean compress) throws IOException {
    if (!decided && !committed()) {
      decided = true;
      Headers headers = headers();
      vary(headers);
      if (compress && compressible(headers)) {
        String length = headers.get("Content-Length");
        declaredLength = length == null ? -1 : Long.parseLong(length);
        headers.remove("Content-Length").set("Content-Encoding", "gzip");
        String tag = headers.get("ETag");
        if (tag != null && tag.startsWith("\"")) {
          headers.set("ETag", "W/" + tag);
        }
        compressor = new Compressor(new Compressed());
      }
    }
    return compressor;
  }

  private boolean compressible(Headers headers) {
    int status = status();
    return status >= 200
        && status != 204
        && status != 304
        && !headers.contains("Content-Encoding")
        && !headers.contains("Content-Range");
  }

  private static void vary(Headers headers) {
    if (!headers.containsToken("Vary", "*") && !headers.containsToken("Vary", "Accept-Encoding")) {
      headers.add("Vary", "Accept-Encoding");
    }
  }

  /** The length that was declared is not sent, but a body that breaks it is not whole. */
  private void count(int length) {
    if (declaredLength >= 0 && written + length > declaredLength) {
      throw new IllegalStateException(
          "a write of %d bytes after %d exceeds the declared Content-Length of %d"
              .formatted(length, written, declaredLength));
    }
    written += length;
  }

  private void end(boolean succeeded) throws IOException {
    try {
      if (!succeeded || hijacked) {
        return;
      }
      Compressor body = decide(false);
      if (body != null) {
        if (written < declaredLength) {
          throw new IllegalStateException(
              "the body ended after %d of the declared %d bytes"
                  .formatted(written, declaredLength));
        }
        body.finish();
      }
    } finally {
      over = true;
      release();
    }
  }

  private void release() {
    if (compressor != null) {
      compressor.release();
      compressor = null;
    }
  }

  /** A gzip stream that can be dropped without being ended. */
  private static final class Compressor extends GZIPOutputStream {
    Compressor(OutputStream out) throws IOException {
      super(out, 8 * 1024, true);
    }

    void release() {
      def.end();
    }
  }

  /** Where the compressed bytes go. */
  private final class Compressed extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      GzipResponse.super.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      GzipResponse.super.flush();
    }
  }
}
