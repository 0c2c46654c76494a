package dev.sluice.cli;

import dev.sluice.Handler;
import dev.sluice.Router;
import dev.sluice.journal.Journal;
import dev.sluice.server.Server;
import dev.sluice.streams.JournalHandler;
import dev.sluice.streams.JournalName;
import dev.sluice.streams.Journals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice run}: a command's output, as it comes, to every viewer from the first byte. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Starts CMD once and streams what it writes to any number of viewers, each from the first",
      "byte: in a browser, or with curl -N. Ctrl-C ends CMD and all that it started."
    },
    customSynopsis = "sluice run [OPTIONS] -- CMD [ARG...]")
final class RunCommand implements Callable<Integer> {
  /** With {@code --exit}: how long viewers may take to get the rest. */
  private static final Duration EXIT_GRACE = Duration.ofSeconds(10);

  /** Of one that is stopped: how long its terminal may take to show the rest. */
  private static final Executor ECHO_GRACE = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+( *;[ -~]*)?");

  @Mixin private Listen listen = new Listen();
  @Mixin private Output output = new Output();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the stream is called in its URL; default: the name of CMD.")
  private @Nullable String name;

  @Option(
      names = "--keep",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      defaultValue = "256M",
      description = "How much of the latest output is kept; default: ${DEFAULT-VALUE}.")
  private long keep = 256L * 1024 * 1024;

  @Option(
      names = "--type",
      paramLabel = "MIME",
      defaultValue = Journals.PLAIN_TEXT,
      description = "The Content-Type of the output; default: ${DEFAULT-VALUE}.")
  private String type = Journals.PLAIN_TEXT;

  @Option(
      names = "--exit",
      description = "End with CMD, as soon as the viewers have everything, or after 10 s.")
  private boolean exit;

  @Parameters(arity = "1..*", paramLabel = "CMD", description = "The command and its arguments.")
  private List<String> command = List.of();

  @Override
  public Integer call() throws Exception {
    checkType();
    output.configure(false);
    var journal = new Journal(journalName(), keep);
    var journals = new Journals(1).add(journal, type);
    // Listening comes first: a busy port must not leave a command running.
    Handler handler = new JournalHandler(journals, (changed, viewers) -> {}).addTo(new Router());
    Server server = listen.start(handler, output);
    var stopped = new CompletableFuture<Void>();
    JournaledCommand running;
    try {
      running = JournaledCommand.start(command, journal);
    } catch (CliException e) {
      server.shutdown(Duration.ZERO);
      throw e;
    }
    var stop = new Stop(running, () -> stopped.complete(null));
    stop.install();
    output.say("sluice: " + server.url() + "/ (curl -N, or a browser)");
    Echo echo = Echo.start(journal, output.standardOut(), output.standardError());
    var _ = stopped.thenRunAsync(echo::giveUp, ECHO_GRACE);
    int status = running.awaitEnd();
    echo.await();
    if (!exit && !stop.requested()) {
      sayEnded(running, journals.viewers(journal), server);
      stopped.get();
    }
    server.shutdown(EXIT_GRACE);
    return status;
  }

  private void sayEnded(JournaledCommand running, int viewers, Server server) {
    output.say(
        "sluice: %s %s; %s now; all of it stays at %s/ until Ctrl-C"
            .formatted(
                command.getFirst(),
                running.describeEnd(),
                viewers == 1 ? "1 viewer" : viewers + " viewers",
                server.url()));
  }

  private void checkType() throws CliException {
    if (!MEDIA_TYPE.matcher(type).matches()) {
      throw new CliException(
          ExitStatus.USAGE, "--type: '" + type + "' is no media type; write one like text/html");
    }
  }

  private String journalName() throws CliException {
    String given = name;
    if (given != null) {
      try {
        return new JournalName(given).text();
      } catch (IllegalArgumentException e) {
        throw new CliException(ExitStatus.USAGE, "--name '" + given + "': " + e.getMessage(), e);
      }
    }
    Path file = Path.of(command.getFirst()).getFileName();
    String plain = file == null ? "" : file.toString().replaceAll("[^A-Za-z0-9._~-]|^[-.]+", "");
    return plain.isEmpty() ? "run" : plain;
  }
}
