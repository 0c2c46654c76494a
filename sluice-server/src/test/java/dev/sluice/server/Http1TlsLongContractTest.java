package dev.sluice.server;

import org.junit.jupiter.api.Tag;

/** Over HTTP/1.1 and TLS: what is long of the contract. */
@Tag("external")
final class Http1TlsLongContractTest extends LongContracts {
  Http1TlsLongContractTest() {
    super(Transport.HTTP_1_TLS);
  }
}
