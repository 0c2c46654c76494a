package dev.sluice.server;

/** Over cleartext HTTP/1.1: what is long of the contract. */
final class Http1LongContractTest extends LongContracts {
  Http1LongContractTest() {
    super(Transport.HTTP_1);
  }
}
