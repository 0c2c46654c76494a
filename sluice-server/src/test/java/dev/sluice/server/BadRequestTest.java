package dev.sluice.server;

import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Request lines and headers that RFC 9112 forbids, and what is no HTTP at all. */
final class BadRequestTest extends RefusalTest {
  static Stream<Arguments> requestLines() {
    return Stream.of(
            "GET",
            "GET ",
            "GET /",
            "GET HTTP/1.1",
            "GET  HTTP/1.1",
            "GET  / HTTP/1.1",
            "GET /  HTTP/1.1",
            "GET / HTTP/1.1 ",
            "GET /a b HTTP/1.1",
            "GET\t/ HTTP/1.1",
            "GET /\tHTTP/1.1",
            "GET / HTTP",
            "GET / HTTP/",
            "GET / HTTP/1",
            "GET / HTTP/1.",
            "GET / HTTP/.1",
            "GET / HTTP/11",
            "GET / HTTP/1.10",
            "GET / HTTP/01.1",
            "GET / HTTP/1 .1",
            "GET / HTTP /1.1",
            "GET / http/1.1",
            "GET / Http/1.1",
            "GET / HTTQ/1.1",
            "GET / FTP/1.1",
            "GET / HTTP/1.x",
            "GET / HTTP/-1.1",
            "G(T / HTTP/1.1",
            "GE\u0001T / HTTP/1.1",
            "GET: / HTTP/1.1",
            "G\u00c9T / HTTP/1.1",
            "GET /caf\u00e9 HTTP/1.1",
            "GET /\u0001 HTTP/1.1",
            "GET /\u007f HTTP/1.1",
            "GET /\u0000 HTTP/1.1",
            "GET /\r HTTP/1.1",
            "GET /x\rY HTTP/1.1",
            "\u0000GET / HTTP/1.1",
            " GET / HTTP/1.1",
            "\tGET / HTTP/1.1",
            "HTTP/1.1 200 OK",
            "Host: test",
            "{\"not\": \"HTTP\"}")
        .map(line -> argumentSet(shown(line), line));
  }

  @ParameterizedTest
  @MethodSource("requestLines")
  void a_malformed_request_line_is_a_400(String line) throws Exception {
    assertRefused(line + "\r\nHost: test\r\n\r\n", 400);
  }

  static Stream<Arguments> versions() {
    return Stream.of("HTTP/2.0", "HTTP/3.0", "HTTP/0.9", "HTTP/0.1", "HTTP/9.9")
        .map(version -> argumentSet(version, version));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void another_major_version_is_a_505(String version) throws Exception {
    assertRefused("GET / " + version + "\r\nHost: test\r\n\r\n", 505);
  }

  static Stream<Arguments> headerLines() {
    Stream<String> controls =
        IntStream.range(0, 0x20)
            .filter(c -> c != '\t' && c != '\n')
            .mapToObj(c -> "X-Control: a" + (char) c + "b");
    Stream<String> others =
        Stream.of(
            "X-Del: a\u007fb",
            "Name : space before the colon",
            "Name\t: tab before the colon",
            "Content-Length : 5",
            "Transfer-Encoding : chunked",
            "no colon",
            "nocolon",
            ": empty name",
            " : blank name",
            " Folded: first",
            "X-Fold: one\r\n two",
            "X-Fold: one\r\n\ttwo",
            "X-Fold: one\r\n ",
            "Transfer-Encoding:\r\n chunked",
            "Na me: space within",
            "Na(me: parenthesis",
            "Na@me: at",
            "Na\u0000me: NUL",
            "Na\rme: CR",
            "\rName: CR",
            "Name: CR at the end\r",
            "Name\u0001: control",
            "Nam\u00e9: not ASCII",
            "Name: a\nOther: bare LF",
            "Name: a\n\r\nOther: bare LF",
            "\nName: bare LF",
            "\u0000");
    return Stream.concat(controls, others).map(line -> argumentSet(shown(line), line));
  }

  @ParameterizedTest
  @MethodSource("headerLines")
  void a_malformed_header_is_a_400(String line) throws Exception {
    assertRefused("POST / HTTP/1.1\r\nHost: test\r\n" + line + "\r\n\r\n", 400);
  }

  static Stream<Arguments> heads() {
    return Stream.of(
            "GET / HTTP/1.1\nHost: test\n\n",
            "GET / HTTP/1.1\r\nHost: test\n\n",
            "GET / HTTP/1.1\r\nHost: test\r\n\n",
            "GET / HTTP/1.1\nHost: test\r\n\r\n",
            "\nGET / HTTP/1.1\r\nHost: test\r\n\r\n",
            "GET / HTTP/1.1\r\n Host: test\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.2\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
            "\u0080.\u0001\u0003\u0001\u0000",
            "\u0000",
            "\u0005\u0001\u0000",
            "SSH-2.0-OpenSSH_9.2\r\n",
            "{\"jsonrpc\": \"2.0\"}\r\n")
        .map(head -> argumentSet(shown(head), head));
  }

  @ParameterizedTest
  @MethodSource("heads")
  void a_malformed_head_is_a_400(String head) throws Exception {
    assertRefused(head, 400);
  }

  @ParameterizedTest
  @MethodSource("expectations")
  void an_expectation_other_than_100_is_a_417(String expectation) throws Exception {
    assertRefused(
        "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: " + expectation + "\r\n\r\n",
        417);
  }

  static Stream<Arguments> expectations() {
    return Stream.of("200-ok", "100-continue, 200-ok", "100", "100-continue\r\nExpect: else")
        .map(expectation -> argumentSet(shown(expectation), expectation));
  }
}
