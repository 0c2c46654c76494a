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
        "frobnicate | frobnicate: unknown command; see sluice --help",
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
  @ValueSource(strings = {"--help", "run --help", "demo --help", "run -h"})
  void help_goes_to_standard_output(String call) {
    Cli ended = run(call);
    assertTrue(ended.out().startsWith("Usage: sluice"), ended.out());
    assertEquals("", ended.err());
    assertEquals(0, ended.status());
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
