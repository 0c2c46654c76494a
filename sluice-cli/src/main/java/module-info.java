/** The {@code sluice} command. */
module dev.sluice.cli {
  requires com.fasterxml.jackson.core;
  requires dev.sluice.examples;
  requires dev.sluice.server;
  requires dev.sluice.streams;
  requires info.picocli;
  requires java.logging;
  requires java.net.http;
  requires static org.jspecify;

  opens dev.sluice.cli to
      info.picocli;
}
