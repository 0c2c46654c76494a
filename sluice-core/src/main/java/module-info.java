/**
 * The streaming response: what a handler sees, and what an engine implements.
 *
 * <p>Depends on the JDK and on JSpecify's annotations alone, so that a handler can be written and
 * tested without a server.
 */
module dev.sluice.core {
  requires static transitive org.jspecify;

  exports dev.sluice;
  exports dev.sluice.journal;
  exports dev.sluice.process;
  exports dev.sluice.spi;
}
