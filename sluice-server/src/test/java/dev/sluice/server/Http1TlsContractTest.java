package dev.sluice.server;

import org.junit.jupiter.api.Tag;

/** Over HTTP/1.1 and TLS: what is quick of the contract. */
@Tag("external")
final class Http1TlsContractTest extends QuickContracts {
  Http1TlsContractTest() {
    super(Transport.HTTP_1_TLS);
  }
}
