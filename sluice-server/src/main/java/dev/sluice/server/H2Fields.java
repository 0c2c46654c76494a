package dev.sluice.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Heads and trailers as frames: HEADERS, and CONTINUATION where they are long (RFC 9113 section
 * 6.2).
 *
 * <p>HPACK without a dynamic table: a block depends on none before it, so it does not matter in
 * which order streams come by, and one that finds no room is simply encoded again.
 *
 * <p>Thread safety: with the lock of the output.
 */
final class H2Fields {
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int SCRATCH_BYTES = 256;

  /** Which says that there is no dynamic table (RFC 7541 section 6.3). */
  private static final byte NO_TABLE = 0x20;

  private final H2Output output;
  private final DefaultHttp2HeadersEncoder hpack =
      new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true, 16);
  private boolean tableTold;

  H2Fields(H2Output output) {
    this.output = output;
    try {
      hpack.maxHeaderTableSize(0);
      hpack.encodeHeaders(0, EmptyHttp2Headers.INSTANCE, Unpooled.buffer()); // told below
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Puts a block into the output.
   *
   * @param last whether it ends the stream
   * @return whether there was room
   */
  boolean put(int streamId, Http2Headers fields, boolean last) throws IOException {
    if (output.isFull()) {
      return false;
    }
    ByteBuf block = Unpooled.buffer(SCRATCH_BYTES);
    if (!tableTold) {
      block.writeByte(NO_TABLE);
    }
    try {
      hpack.encodeHeaders(streamId, fields, block);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
    int size = block.readableBytes();
    int more = Math.max(0, size - 1) / H2Output.PAYLOAD_BYTES_MAX;
    ByteBuffer room = output.room(size + more * H2Output.FRAME_HEAD_BYTES);
    if (room == null) {
      return false;
    }
    tableTold = true;
    byte type = Http2FrameTypes.HEADERS;
    int flags = last ? END_STREAM : 0;
    do {
      int part = Math.min(block.readableBytes(), H2Output.PAYLOAD_BYTES_MAX);
      flags |= part == block.readableBytes() ? END_HEADERS : 0;
      H2Outlet.putFrameHead(room, part, type, flags, streamId);
      room.put(block.nioBuffer(block.readerIndex(), part));
      block.skipBytes(part);
      type = Http2FrameTypes.CONTINUATION;
      flags = 0;
    } while (block.isReadable());
    return true;
  }
}
