package dev.sluice.cli;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
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
      "It may be one of sluice serve or of sluice run, or a stream of any server of the Durable"
          + " Streams protocol. Ends when it is closed. When the connection is cut, it goes on"
          + " where it was: nothing is missing or twice. Of a stream of JSON each message is a"
          + " line.",
      ""
    },
    customSynopsis = "sluice cat [OPTIONS] URL",
    footer = {"", StreamUrl.HELP})
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
      names = "--live",
      paramLabel = "HOW",
      converter = Live.Converter.class,
      description =
          "Follow by sse or by long-poll. Default: what carries the stream exactly, which for text"
              + " is not sse: it makes line feeds of carriage returns. What the server does not"
              + " have is not used; streams of Sluice are followed raw.")
  private @Nullable Live live;

  @Option(names = "--json", description = "Fail if it is no stream of JSON messages.")
  private boolean json;

  @Option(
      names = "--retry-for",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description =
          "How long the server may be gone; default: for ever, but 10s if it has never answered.")
  private @Nullable Duration retryFor;

  @Mixin private Trust trust = new Trust();

  @Parameters(
      paramLabel = "URL",
      converter = StreamUrl.OnlyOneConverter.class,
      description =
          "http://HOST:PORT/NAME, or a stream's own URL; without NAME the only journal there.")
  private @Nullable StreamUrl url;

  @Override
  public Integer call() throws CliException, InterruptedException {
    SSLContext tls = trust.context();
    output.configure(false);
    try (Progress progress =
            Terminal.isStandardOut() ? Progress.none(output) : Progress.start(output);
        var client = new JournalClient(tls)) {
      StreamUrl of = named(Objects.requireNonNull(url), client);
      var retry = new Retry(of.toString(), progress::say);
      Located located = new Locator(of, client, retry, retryFor).find();
      checkType(of, located);
      copy(of, located, client, retry, new Destination(output.standardOut(), progress));
    } catch (OutputClosed e) {
      // It has got what it wanted.
    }
    return ExitStatus.OK;
  }

  private void copy(
      StreamUrl of, Located located, JournalClient client, Retry retry, Destination destination)
      throws CliException, OutputClosed, InterruptedException {
    if (located.raw() != null && live == null) {
      new Following(of, located, client, retry, retryFor, destination).run(from, !noFollow);
      return;
    }
    var reads = new StreamReads(of, located.stream(), client, retry, retryFor);
    var reading = new Reading(reads, new Delivery(destination, from.offset()));
    if (noFollow) {
      reading.runTo(reads.tail());
    } else {
      reading.run(live);
    }
  }

  private void checkType(StreamUrl of, Located located) throws CliException {
    String type = located.type();
    if (json && !MediaType.isJson(type) && !MediaType.essence(type).equals(MediaType.JSON_LINES)) {
      throw new CliException(
          ExitStatus.FAILED, of + ": is " + type + ", not JSON; leave --json out");
    }
  }

  /** A server that has one journal tells its name. */
  private static StreamUrl named(StreamUrl url, JournalClient client)
      throws CliException, InterruptedException {
    if (!url.isServer()) {
      return url;
    }
    try {
      URI root = StreamUrl.with(url.given(), "as", "raw", "offset", "now");
      Answer answer = client.head(root);
      if (answer.status() == 400) {
        throw new CliException(ExitStatus.FAILED, url + ": " + answer.reason());
      }
      String location = answer.header("Content-Location");
      if (location.startsWith("/")) {
        return url.named(location);
      }
    } catch (IllegalArgumentException e) {
      // It is no name.
    } catch (IOException e) {
      TlsFailure.check(url.toString(), e);
      throw new CliException(
          ExitStatus.FAILED, url + ": " + JournalClient.describe(e) + "; is it running?", e);
    }
    throw new CliException(
        ExitStatus.FAILED, url + ": has not just one journal; write " + url + "NAME");
  }
}
