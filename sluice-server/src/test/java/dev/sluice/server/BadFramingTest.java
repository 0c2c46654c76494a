package dev.sluice.server;

import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads that leave in doubt where their body ends: the stuff that smuggling is made of. */
final class BadFramingTest extends RefusalTest {
  static Stream<Arguments> lengths() {
    return Stream.of(
            "Content-Length: -1",
            "Content-Length: -0",
            "Content-Length: +5",
            "Content-Length: 0x5",
            "Content-Length: 0o5",
            "Content-Length: 5 5",
            "Content-Length: 5_0",
            "Content-Length: 5a",
            "Content-Length: 5.0",
            "Content-Length: 5e1",
            "Content-Length: five",
            "Content-Length: \u00b2",
            "Content-Length:",
            "Content-Length: 5, 6",
            "Content-Length: 5,5",
            "Content-Length: ,5",
            "Content-Length: 5,",
            "Content-Length: 5;a=b",
            "Content-Length: 5\r\nContent-Length: 6",
            "Content-Length: 5\r\ncontent-length: 5",
            "Content-Length: 0\r\nContent-Length: 39",
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Content-Length: 5\r\nTransfer-Encoding: identity",
            "Content-Length: 5\r\nTransfer-Encoding:",
            "Transfer-Encoding: chunked\u000b",
            "Transfer-Encoding: \u000cchunked",
            "Transfer-Encoding: chunked\u0000")
        .flatMap(fields ->
            Stream.of("HTTP/1.0", "HTTP/1.1")
                .map(v -> argumentSet(v + " " + shown(fields), v, fields)));
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void a_body_without_a_clear_length_is_a_400(String version, String fields) throws Exception {
    assertRefused(
        "POST / " + version + "\r\nHost: test\r\nConnection: keep-alive\r\n" + fields + "\r\n\r\n",
        400);
  }

  static Stream<Arguments> hugeLengths() {
    return Stream.of(
            "10737418241",
            "999999999999999999",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551621",
            "99999999999999999999999999999999999999",
            "0000000000000000000000002")
        .map(length -> argumentSet(length, length));
  }

  /** A length of more digits than a long has may be taken for a malformed one: 400 is as right. */
  @ParameterizedTest
  @MethodSource("hugeLengths")
  void a_huge_length_is_refused(String length) throws Exception {
    assertRefused(
        "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: " + length + "\r\n\r\n", 413, 400);
  }

  static Stream<Arguments> codings() {
    return Stream.of(
            "gzip",
            "gzip, chunked",
            "chunked, gzip",
            "chunked, chunked",
            "chunked\r\nTransfer-Encoding: chunked",
            "gzip\r\nTransfer-Encoding: chunked",
            "xchunked",
            "chunkedx",
            "chunked;a=b",
            "\"chunked\"",
            "chunked,",
            ",chunked",
            ", chunked",
            "identity",
            "identity, chunked",
            "chunked identity",
            "")
        .map(coding -> argumentSet(shown(coding), coding));
  }

  /** RFC 9112 has 501 for what is not understood, and 400 where chunked is not last and once. */
  @ParameterizedTest
  @MethodSource("codings")
  void a_coding_other_than_chunked_is_refused(String coding) throws Exception {
    assertRefused(
        "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: " + coding + "\r\n\r\n", 501, 400);
  }

  /** RFC 9112 section 6.1: its framing is faulty, whatever it says. */
  @ParameterizedTest
  @MethodSource("codings")
  void a_coding_on_HTTP_1_0_is_refused(String coding) throws Exception {
    String chunked = coding.isEmpty() ? "chunked" : coding;
    assertRefused(
        "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: " + chunked + "\r\n\r\n",
        501,
        400);
  }
}
