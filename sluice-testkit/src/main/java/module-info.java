/**
 * Means to test what streams: handlers without a server, servers from raw sockets, and what was
 * left behind.
 */
module dev.sluice.testkit {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.core;

  exports dev.sluice.testkit;
}
