/** The measured servers. */
module dev.sluice.bench {
  requires dev.sluice.server;
  requires dev.sluice.streams;
  requires java.logging;
  requires java.management;
  requires static org.jspecify;
}
