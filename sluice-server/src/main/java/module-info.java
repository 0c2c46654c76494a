/** The HTTP server of Sluice. */
module dev.sluice.server {
  requires transitive dev.sluice.core;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.codec.http2;
  requires io.netty.common;
  requires io.netty.transport;
  requires static transitive org.jspecify;

  exports dev.sluice.server;
}
