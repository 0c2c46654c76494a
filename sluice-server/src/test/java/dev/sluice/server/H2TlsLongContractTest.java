package dev.sluice.server;

import org.junit.jupiter.api.Tag;

/** Over HTTP/2 and TLS: what is long of the contract. */
@Tag("external")
final class H2TlsLongContractTest extends LongContracts {
  H2TlsLongContractTest() {
    super(Transport.HTTP_2_TLS);
  }
}
