package dev.sluice.cli;

import dev.sluice.cli.Batches.Batch;
import dev.sluice.journal.ProducerSequence;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice append}: standard input into a journal. */
@Command(
    name = "append",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Appends standard input to a journal of sluice serve, or to a stream of any server of the"
          + " Durable Streams protocol.",
      "The journal is created if it is not there. Each line gets in whole and once, also beside"
          + " other appends, and when the server is gone for a while. Ctrl-C: what was read by"
          + " then is sent; a second one leaves at once.",
      ""
    },
    customSynopsis = "sluice append [OPTIONS] URL",
    footer = {
      "",
      StreamUrl.HELP,
      "A new one is created there or, where the server has no such path, at URL as it is."
    })
final class AppendCommand implements Callable<Integer> {
  @Mixin private Output output = new Output();

  @Option(
      names = "--type",
      paramLabel = "MIME",
      description = "The Content-Type of a new journal; default: " + MediaType.PLAIN_TEXT + ".")
  private @Nullable String type;

  @Option(
      names = "--json",
      description =
          "Each line of the input is a message of a stream of JSON (application/json). Empty lines"
              + " are left out. A line that is not JSON ends the command with an error.")
  private boolean json;

  @Option(names = "--close", description = "Close the journal at the end of the input.")
  private boolean close;

  @Option(
      names = "--producer",
      paramLabel = "ID",
      description =
          "What this writer is called. One of the same name that still runs is fenced off, and"
              + " fails. Default: a name of its own.")
  private @Nullable String producer;

  @Option(
      names = "--retry-for",
      paramLabel = "DURATION",
      converter = DurationText.class,
      defaultValue = "1m",
      description = "How long the server may be gone; default: ${DEFAULT-VALUE}.")
  private Duration retryFor = Duration.ofMinutes(1);

  @Mixin private Trust trust = new Trust();

  @Parameters(
      paramLabel = "URL",
      converter = StreamUrl.Converter.class,
      description = "http://HOST:PORT/NAME, or a stream's own URL")
  private @Nullable StreamUrl url;

  private final AtomicInteger interrupts = new AtomicInteger();

  @Override
  public Integer call() throws CliException, InterruptedException {
    StreamUrl to = Objects.requireNonNull(url);
    String wanted = wantedType();
    ProducerSequence first = first();
    SSLContext tls = trust.context();
    output.configure(false);
    InputBatches input = InputBatches.of(new FileInputStream(FileDescriptor.in));
    try (Progress progress = Progress.start(output);
        var client = new JournalClient(tls)) {
      var retry = new Retry(to.toString(), progress::say);
      var _ = Interrupts.handle(() -> onInterrupt(input, retry));
      var appending = new Appending(to, json, client, retry, retryFor, first);
      appending.begin(wanted);
      forward(json ? new JsonBatches(input, Json.MESSAGE_BYTES_MAX) : input, appending, progress);
      if (interrupts.get() > 0) {
        return ExitStatus.INTERRUPTED;
      }
      if (close) {
        appending.close();
      }
    }
    return ExitStatus.OK;
  }

  /** Bytes are cut where lines end, which is no place to cut JSON in general. */
  private @Nullable String wantedType() throws CliException {
    String wanted = type == null ? null : MediaType.checked(type);
    if (wanted != null && json != MediaType.isJson(wanted)) {
      throw new CliException(
          ExitStatus.USAGE,
          json
              ? "--type: with --json it is application/json; leave --type out"
              : "--type: application/json is appended message by message; add --json, and write"
                  + " each on a line of its own");
    }
    return wanted;
  }

  private static void forward(Batches input, Appending appending, Progress progress)
      throws CliException, InterruptedException {
    try {
      for (Batch batch = input.take(); batch != null; batch = input.take()) {
        appending.append(batch);
        progress.add(batch.bytes().length);
      }
    } catch (IOException e) {
      throw new CliException(
          ExitStatus.FAILED, "standard input: " + e.getMessage() + "; what came before is in", e);
    }
  }

  /**
   * A writer with a name of its own begins at epoch 0. With a name that was used before that would
   * look like something sent again, and be dropped; the time is an epoch above all earlier ones.
   */
  private ProducerSequence first() throws CliException {
    String name = producer;
    if (name == null) {
      return new ProducerSequence(UUID.randomUUID().toString(), 0, 0);
    }
    if (!name.matches("[!-~]{1,255}")) {
      throw new CliException(
          ExitStatus.USAGE,
          "--producer: '" + name + "' is no name; write letters and digits, 255 at most");
    }
    return new ProducerSequence(name, System.currentTimeMillis(), 0);
  }

  private void onInterrupt(InputBatches input, Retry retry) {
    if (interrupts.incrementAndGet() > 1) {
      Runtime.getRuntime().halt(ExitStatus.INTERRUPTED);
    }
    input.stop();
    retry.giveUp();
  }
}
