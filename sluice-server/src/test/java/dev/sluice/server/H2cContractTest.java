package dev.sluice.server;

/** Over cleartext HTTP/2: what is quick of the contract. */
final class H2cContractTest extends QuickContracts {
  H2cContractTest() {
    super(Transport.HTTP_2);
  }
}
