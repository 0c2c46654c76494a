package dev.sluice.bench.peers;

/** What a peer is started with: {@code PORT [STORE]}. */
record Arguments(int port, String store) {
  /** Of every store that the benchmarks make. */
  static final String PASSWORD = "bench-password";

  /** The port is 0, any, unless there is one; the store is empty without TLS. */
  static Arguments parse(String[] arguments) {
    return new Arguments(
        arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0,
        arguments.length > 1 ? arguments[1] : "");
  }

  /** Whether there is a PKCS #12 file with a certificate and its key. */
  boolean tls() {
    return !store.isEmpty();
  }

  /** What the benchmarks wait for. */
  void printUrl(int actualPort) {
    System.out.println((tls() ? "https" : "http") + "://127.0.0.1:" + actualPort + "/");
  }
}
