package dev.sluice.server;

import org.junit.jupiter.api.Tag;

/** Over cleartext HTTP/2: what is long of the contract. */
@Tag("external")
final class H2cLongContractTest extends LongContracts {
  H2cLongContractTest() {
    super(Transport.HTTP_2);
  }
}
