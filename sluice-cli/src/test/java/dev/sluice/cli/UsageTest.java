package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that start nothing: what they print, where, and their status. */
final class UsageTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | COMMAND: missing; see sluice --help",
        "xyzzy | xyzzy: unknown command; see sluice --help",
        "rum | rum: unknown command; did you mean run?; see sluice --help",
        "--frob | --frob: unknown option; see sluice --help",
        "run | CMD: missing; see sluice run --help",
        "run -- | CMD: missing; see sluice run --help",
        "run --lisen 0 -- true | --lisen: unknown option; did you mean --listen?;"
            + " see sluice run --help",
        "run --listen | --listen: ADDR is missing; see sluice run --help",
        "run --listen x -- true | --listen: 'x' has no port from 0 to 65535;"
            + " write PORT, :PORT, HOST:PORT or [v6]:PORT; see sluice run --help",
        "run --listen ::1:80 -- true | --listen: '::1:80' has several colons:"
            + " write an IPv6 address as [v6]:PORT; see sluice run --help",
        "run --listen 0 --listen 0 -- true | --listen: given more than once; see sluice run --help",
        "run --type | --type: MIME is missing; see sluice run --help",
        "run --keep | --keep: SIZE is missing; see sluice run --help",
        "run --keep 0 -- true | --keep: '0' is not a size;"
            + " write bytes, or a number with K, M, G or T: 256M; see sluice run --help",
        "run --keep 1.5M -- true | --keep: '1.5M' is not a size;"
            + " write bytes, or a number with K, M, G or T: 256M; see sluice run --help",
        "run --name | --name: NAME is missing; see sluice run --help",
        "run --exti -- true | --exti: unknown option; did you mean --exit?;"
            + " see sluice run --help",
        "run --data | --data: DIR is missing; see sluice run --help",
        "serve --tls on | --tls: 'on' is not self-signed; write that, or give --tls-cert FILE and"
            + " --tls-key FILE; see sluice serve --help",
        "demo --tls | --tls: self-signed is missing; see sluice demo --help",
        "run --tls-cert | --tls-cert: FILE is missing; see sluice run --help",
        "serve extra | extra: unexpected argument; see sluice serve --help",
        "serve --journals-max x | --journals-max: 'x' is not an int; see sluice serve --help",
        "serve --keep-for 5 | --keep-for: '5' is not a duration;"
            + " write a number with ms, s, m, h or d: 10s; see sluice serve --help",
        "serve --keep-for 0s | --keep-for: '0s' is not a duration;"
            + " write a number with ms, s, m, h or d: 10s; see sluice serve --help",
        "append | URL: missing; see sluice append --help",
        "append http://h/a http://h/b | http://h/b: unexpected argument;"
            + " see sluice append --help",
        "append http://h/a --clos | --clos: unknown option; did you mean --close?;"
            + " see sluice append --help",
        "cat http://h/a --from | --from: WHERE is missing; see sluice cat --help",
        "append --producer | --producer: ID is missing; see sluice append --help",
        "cat | URL: missing; see sluice cat --help",
        "cat --from a,b http://h/a | --from: 'a,b' is no offset;"
            + " write start, now, or one that the server has told; see sluice cat --help",
        "cat --live raw http://h/a | --live: 'raw' is neither sse nor long-poll;"
            + " see sluice cat --help",
        "serve --long-poll-timeout 0s | --long-poll-timeout: '0s' is not a duration;"
            + " write a number with ms, s, m, h or d: 10s; see sluice serve --help",
        "serve --sse-reconnect-interval x | --sse-reconnect-interval: 'x' is not a duration;"
            + " write a number with ms, s, m, h or d: 10s; see sluice serve --help",
        "run --allow-origin https://h/ -- true | --allow-origin: 'https://h/' is no origin;"
            + " write one like https://app.example, or *; see sluice run --help",
        "append http://127.0.0.1:8080/ | URL: 'http://127.0.0.1:8080/' has no name of a journal;"
            + " write http://127.0.0.1:8080/NAME; see sluice append --help",
        "append http://[::1]:80 | URL: 'http://[::1]:80' has no name of a journal;"
            + " write http://[::1]:80/NAME; see sluice append --help",
        "cat 127.0.0.1:8080/a | URL: '127.0.0.1:8080/a' is not the URL of a journal;"
            + " write http://HOST:PORT/NAME; see sluice cat --help",
        "append ftp://h/a | URL: 'ftp://h/a' is not the URL of a journal;"
            + " write http://HOST:PORT/NAME; see sluice append --help",
        "cat http:///a | URL: 'http:///a' is not the URL of a journal;"
            + " write http://HOST:PORT/NAME; see sluice cat --help",
        "cat http://h/a#b | URL: 'http://h/a#b': leave out what begins with #;"
            + " see sluice cat --help",
        "cat --cacert | --cacert: FILE is missing; see sluice cat --help",
        "demo extra | extra: unexpected argument; see sluice demo --help",
        "demo --type text/html | --type: unknown option; see sluice demo --help",
      })
  void a_wrong_call_ends_with_2_and_one_line_that_says_what_is_wrong(String call, String line) {
    Cli ended = run(call);
    assertEquals("sluice: " + line + "\n", ended.err());
    assertEquals("", ended.out());
    assertEquals(2, ended.status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "run --help",
        "serve --help",
        "append --help",
        "cat --help",
        "demo --help",
        "run -h"
      })
  void help_goes_to_standard_output(String call) {
    Cli ended = run(call);
    assertTrue(ended.out().startsWith("Usage: sluice"), ended.out());
    assertEquals("", ended.err());
    assertEquals(0, ended.status());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "serve --journals-max 0 | --journals-max: 0 is too few; write 1 or more",
        "serve --producers-max -1 | --producers-max: -1 is too few; write 1 or more",
        "serve --record-bytes-max 2G | --record-bytes-max: at most 1G; write less",
        "append --type html http://h/a | --type: 'html' is no media type;"
            + " write one like text/html",
        "append --type application/json http://h/a | --type: application/json is appended message"
            + " by message; add --json, and write each on a line of its own",
        "append --json --type text/plain http://h/a | --type: with --json it is application/json;"
            + " leave --type out",
        "run --tls-cert a.pem -- true | --tls-cert a.pem: its key is missing; add --tls-key FILE",
        "serve --tls-key a.key | --tls-key a.key: its certificate is missing; add --tls-cert FILE",
        "demo --tls-cert a --tls-key b --tls-cert c | --tls-cert c: its key is missing;"
            + " add --tls-key FILE",
        "serve --tls self-signed --tls-cert a --tls-key b | --tls self-signed: that is without"
            + " --tls-cert and --tls-key; leave one out",
        "serve --tls-client-ca ca.pem | --tls-client-ca: there is no TLS; give --tls-cert FILE and"
            + " --tls-key FILE, or --tls self-signed",
        "cat -k --cacert ca.pem https://h/a | --cacert: --insecure checks nothing;"
            + " leave one of them out",
        "append --key key.pem https://h/a | --key: give its certificate, too, by --cert FILE",
      })
  void a_value_that_cannot_be_is_refused_before_anything_starts(String call, String line) {
    Cli ended = run(call);
    assertEquals("sluice: " + line + "\n", ended.err());
    assertEquals(2, ended.status());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--cacert | no.pem | there is no such file",
        "--cacert | /etc/hosts | has no certificate; it has to be PEM (BEGIN CERTIFICATE)",
        "--cert | no.pem | there is no such file",
      })
  void a_file_that_is_not_what_an_option_wants_ends_with_1(String option, String file, String why) {
    Cli ended = Cli.run("cat", option, file, "https://127.0.0.1:1/a");
    assertEquals("sluice: " + option + " " + file + ": " + why + "\n", ended.err());
    assertEquals(1, ended.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "run --version", "demo -V"})
  void the_version_is_the_one_that_was_built(String call) {
    Cli ended = run(call);
    assertTrue(ended.out().matches("sluice \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n"), ended.out());
    assertEquals("", ended.err());
    assertEquals(0, ended.status());
  }

  private static Cli run(String call) {
    return call.isEmpty() ? Cli.run() : Cli.run(call.split(" "));
  }
}
