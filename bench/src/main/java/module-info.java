/** The measured server. */
module dev.sluice.bench {
  requires dev.sluice.server;
  requires dev.sluice.streams;
  requires java.logging;
  requires static org.jspecify;
}
