package dev.sluice.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What a call of {@code sluice} that ends by itself left behind; run within this JVM.
 *
 * @param status the exit status
 * @param out what went to standard output
 * @param err what went to standard error
 */
record Cli(int status, String out, String err) {

  /** Runs it. Standard output and error are exchanged meanwhile. */
  static Cli run(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var printed = new ByteArrayOutputStream();
    var said = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
      int status = Main.run(args);
      return new Cli(
          status, printed.toString(StandardCharsets.UTF_8), said.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
