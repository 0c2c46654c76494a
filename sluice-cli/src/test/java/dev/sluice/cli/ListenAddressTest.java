package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class ListenAddressTest {

  @ParameterizedTest
  @CsvSource({
    "8080, 127.0.0.1:8080",
    "0, 127.0.0.1:0",
    "65535, 127.0.0.1:65535",
    "127.0.0.1:80, 127.0.0.1:80",
    "192.0.2.7:80, 192.0.2.7:80",
    "0.0.0.0:80, 0.0.0.0:80",
    "[::1]:80, [0:0:0:0:0:0:0:1]:80",
    "[2001:db8::7]:0, [2001:db8:0:0:0:0:0:7]:0"
  })
  void an_address_is_a_port_or_a_host_and_a_port(String text, String address) {
    assertEquals(address, ListenAddress.format(parse(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {":8080", ":0"})
  void a_bare_colon_is_every_interface(String text) {
    assertTrue(parse(text).getAddress().isAnyLocalAddress());
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:80", "LOCALHOST:80"})
  void a_name_is_looked_up(String text) {
    assertTrue(parse(text).getAddress().isLoopbackAddress());
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "'',has no port from 0 to 65535",
        ":,has no port from 0 to 65535",
        "x,has no port from 0 to 65535",
        "-1,has no port from 0 to 65535",
        "65536,has no port from 0 to 65535",
        "99999999999,has no port from 0 to 65535",
        " 80,has no port from 0 to 65535",
        "+80,has no port from 0 to 65535",
        "\u0663,has no port from 0 to 65535",
        "localhost,has no port from 0 to 65535",
        "localhost:,has no port from 0 to 65535",
        "localhost:http,has no port from 0 to 65535",
        "[::1],has no port from 0 to 65535",
        "::1:80,has several colons",
        "[::1:80,has several colons",
        "[]:80,is not a known host or address",
        "[localhost]:80,is not a known host or address",
        "[127.0.0.1]:80,is not a known host or address",
        " :80,is not a known host or address",
        "256.0.0.1:80,is not a known host or address",
        "no.such.host.invalid:80,is not a known host or address"
      })
  void anything_else_is_refused_and_the_reason_quotes_it(String text, String reason) {
    var refusal = assertThrows(TypeConversionException.class, () -> parse(text));
    String message = refusal.getMessage();
    assertTrue(message.contains(reason), message);
    String host = text.contains(":") ? text.substring(0, text.lastIndexOf(':')) : text;
    assertTrue(message.contains("'" + text + "'") || message.contains("'" + host + "'"), message);
  }

  private static InetSocketAddress parse(String text) {
    return new ListenAddress().convert(text);
  }
}
