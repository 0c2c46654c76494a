package dev.sluice.server;

/** Over cleartext HTTP/1.1: what is quick of the contract. */
final class Http1ContractTest extends QuickContracts {
  Http1ContractTest() {
    super(Transport.HTTP_1);
  }
}
