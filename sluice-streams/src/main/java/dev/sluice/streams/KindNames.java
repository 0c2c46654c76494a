package dev.sluice.streams;

import dev.sluice.journal.Kind;

/** The names of kinds as they go over the wire, as bytes. */
final class KindNames {
  private static final byte[] STDOUT = Json.ascii(Kind.STDOUT.toString());
  private static final byte[] STDERR = Json.ascii(Kind.STDERR.toString());

  private KindNames() {}

  static byte[] of(Kind kind) {
    return switch (kind) {
      case STDOUT -> STDOUT;
      case STDERR -> STDERR;
    };
  }
}
