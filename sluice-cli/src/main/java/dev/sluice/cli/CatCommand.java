package dev.sluice.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice cat}: a journal to standard output. */
@Command(
    name = "cat",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Follows a journal to standard output.",
      "It may be one of sluice serve or of sluice run. Ends when the journal is closed. When the"
          + " connection is cut, it goes on where it was: nothing is missing or twice.",
      ""
    },
    customSynopsis = "sluice cat [OPTIONS] URL")
final class CatCommand implements Callable<Integer> {
  @Mixin private Output output = new Output();

  @Option(
      names = "--from",
      paramLabel = "WHERE",
      converter = From.Converter.class,
      defaultValue = "start",
      description = "Begin at start, now, or an offset; default: ${DEFAULT-VALUE}.")
  private From from = From.START;

  @Option(names = "--no-follow", description = "Stop where the journal ends now.")
  private boolean noFollow;

  @Option(
      names = "--retry-for",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description =
          "How long the server may be gone; default: for ever, but 10s if it has never answered.")
  private @Nullable Duration retryFor;

  @Parameters(
      paramLabel = "URL",
      converter = JournalUrl.OnlyOneConverter.class,
      description = "http://HOST:PORT/NAME; without NAME the only journal that is there.")
  private @Nullable JournalUrl url;

  @Override
  public Integer call() throws CliException, InterruptedException {
    output.configure(false);
    JournalUrl of = named(Objects.requireNonNull(url));
    try (Progress progress =
            Terminal.isStandardOut() ? Progress.none(output) : Progress.start(output);
        var client = new JournalClient(of)) {
      var retry = new Retry(of.toString(), progress::say);
      new Following(of, client, retry, retryFor, progress, output.standardOut())
          .run(from, !noFollow);
    }
    return ExitStatus.OK;
  }

  /** A server that has one journal tells its name. */
  private static JournalUrl named(JournalUrl url) throws CliException, InterruptedException {
    if (url.name() != null) {
      return url;
    }
    try (var client = new JournalClient(url)) {
      String location = client.root().header("Content-Location");
      if (location.startsWith("/")) {
        return url.named(location.substring(1));
      }
    } catch (IllegalArgumentException e) {
      // It is no name.
    } catch (IOException e) {
      throw new CliException(
          ExitStatus.FAILED, url + ": " + JournalClient.describe(e) + "; is it running?", e);
    }
    throw new CliException(
        ExitStatus.FAILED, url + ": has not just one journal; write " + url + "NAME");
  }
}
