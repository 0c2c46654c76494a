package dev.sluice.server;

import dev.sluice.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A request, in no protocol's words.
 *
 * @param headers beside those that frame it and name the host
 * @param body the whole body, or null if it has none, or is open
 * @param openBody whether the body is sent piece by piece after the head
 */
record ContractRequest(
    String method, String path, Headers headers, @Nullable String body, boolean openBody) {

  static ContractRequest of(String method, String path) {
    return new ContractRequest(method, path, new Headers(), null, false);
  }

  static ContractRequest get(String path) {
    return of("GET", path);
  }

  /** A POST whose body follows piece by piece. */
  static ContractRequest upload(String path) {
    return new ContractRequest("POST", path, new Headers(), null, true);
  }

  ContractRequest withHeader(String name, String value) {
    return new ContractRequest(
        method, path, Headers.copyOf(headers).set(name, value), body, openBody);
  }

  ContractRequest withBody(String whole) {
    return new ContractRequest(method, path, headers, whole, false);
  }
}
