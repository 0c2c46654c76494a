package dev.sluice.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Option;

/** What all commands print, and how much of it. Standard output is for data, this is not. */
final class Output {
  private static volatile boolean debug;

  // Loggers are held weakly by their manager; a level set on one that is collected is lost.
  private static final Logger ACCESS = Logger.getLogger("dev.sluice.access");
  private static final Logger ALL = Logger.getLogger("dev.sluice");

  static {
    System.setProperty("java.util.logging.SimpleFormatter.format", "sluice: %5$s%6$s%n");
  }

  @Option(names = "--quiet", description = "Say nothing but errors.")
  private boolean quiet;

  @Option(names = "--debug", description = "Show stack traces, and a line for every response.")
  void setDebug(boolean on) {
    debug = on;
  }

  static boolean debug() {
    return debug;
  }

  /** Sets what is logged. */
  void configure(boolean accessLines) {
    ALL.setLevel(quiet ? Level.SEVERE : Level.INFO);
    boolean lines = debug || (accessLines && !quiet);
    ACCESS.setLevel(lines ? Level.INFO : Level.OFF);
  }

  /** This command's own standard output, unbuffered. */
  OutputStream standardOut() {
    return new FileOutputStream(FileDescriptor.out);
  }

  /** This command's own standard error, unbuffered. */
  OutputStream standardError() {
    return new FileOutputStream(FileDescriptor.err);
  }

  /** Whether nothing but errors is to be said. */
  boolean quiet() {
    return quiet;
  }

  /** A line for people, on standard error. */
  void say(String line) {
    if (!quiet) {
      System.err.println(line);
    }
  }
}
