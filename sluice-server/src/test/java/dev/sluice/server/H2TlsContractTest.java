package dev.sluice.server;

import org.junit.jupiter.api.Tag;

/** Over HTTP/2 and TLS: what is quick of the contract. */
@Tag("external")
final class H2TlsContractTest extends QuickContracts {
  H2TlsContractTest() {
    super(Transport.HTTP_2_TLS);
  }
}
