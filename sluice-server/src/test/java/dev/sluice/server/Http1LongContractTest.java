package dev.sluice.server;

import org.junit.jupiter.api.Tag;

/** Over cleartext HTTP/1.1: what is long of the contract. */
@Tag("external")
final class Http1LongContractTest extends LongContracts {
  Http1LongContractTest() {
    super(Transport.HTTP_1);
  }
}
