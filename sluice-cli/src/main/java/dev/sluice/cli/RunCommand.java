package dev.sluice.cli;

import dev.sluice.Router;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.Retention;
import dev.sluice.server.Server;
import dev.sluice.streams.JournalHandler;
import dev.sluice.streams.Journals;
import dev.sluice.streams.StreamHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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
      "Streams the output of a command to any number of viewers.",
      "Starts CMD once. Each viewer gets what it writes from the first byte on: in a browser, or"
          + " with curl -N. Ctrl-C ends CMD and all that it started.",
      ""
    },
    customSynopsis = "sluice run [OPTIONS] -- CMD [ARG...]")
final class RunCommand implements Callable<Integer> {
  /** With {@code --exit}: how long viewers may take to get the rest. */
  private static final Duration EXIT_GRACE = Duration.ofSeconds(10);

  /** Of one that is stopped: how long its terminal may take to show the rest. */
  private static final Executor ECHO_GRACE = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  @Mixin private Listen listen = new Listen();
  @Mixin private LiveOptions live = new LiveOptions();
  @Mixin private Output output = new Output();
  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the stream is called in its URL; default: the name of CMD.")
  private @Nullable String name;

  @Option(
      names = "--keep",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      defaultValue = "8G",
      description = "How much of the latest output is kept; default: ${DEFAULT-VALUE}.")
  private long keep;

  @Option(
      names = "--type",
      paramLabel = "MIME",
      defaultValue = MediaType.PLAIN_TEXT,
      description = "The Content-Type of the output; default: ${DEFAULT-VALUE}.")
  private String type = MediaType.PLAIN_TEXT;

  @Option(
      names = "--exit",
      description = "End with CMD, as soon as the viewers have everything, or after 10 s.")
  private boolean exit;

  @Parameters(arity = "1..*", paramLabel = "CMD", description = "The command and its arguments.")
  private List<String> command = List.of();

  @Override
  public Integer call() throws Exception {
    listen.check();
    var options =
        JournalOptions.defaults()
            .withContentType(MediaType.checked(type))
            .withDurable(false)
            .withRetention(Retention.ofBytes(keep));
    String wanted = journalName();
    output.configure(false);
    JournalStore store = RunStore.open(data.directory(), keep);
    try {
      Journal journal = RunStore.newJournal(store, wanted, options);
      if (!journal.name().equals(wanted)) {
        output.say("sluice: there is a " + wanted + " already, so this is " + journal.name());
      }
      try {
        return run(store, journal);
      } catch (CliException e) { // nothing was started
        var _ = store.delete(journal);
        throw e;
      }
    } finally {
      RunStore.close(store);
    }
  }

  private int run(JournalStore store, Journal journal) throws Exception {
    var journals = new Journals(store);
    var echo = new Echo(journal, output.standardOut(), output.standardError());
    var writer = new JournalWriter(journal, echo);
    // Listening comes first: a busy port must not leave a command running.
    Router router = new JournalHandler(journals, (changed, viewers) -> {}).addTo(new Router());
    StreamHandler.readOnly(journals, live.streamOptions()).addTo(router);
    Listening listening = listen.start(router, Set.copyOf(live.allowedOrigins()), output, "read");
    Server server = listening.server();
    String url = listening.url() + "/" + (data.directory() == null ? "" : journal.name());
    var stopped = new CompletableFuture<Void>();
    JournaledCommand running;
    try {
      running = JournaledCommand.start(command, writer);
    } catch (CliException e) {
      server.shutdown(Duration.ZERO);
      throw e;
    }
    var stop = new Stop(running, () -> stopped.complete(null));
    stop.install();
    output.say("sluice: " + url + " (" + listening.curl() + " -N, or a browser)");
    echo.start();
    var _ = stopped.thenRunAsync(echo::giveUp, ECHO_GRACE);
    int status = running.awaitEnd();
    echo.await();
    if (!exit && !stop.requested()) {
      sayEnded(running, journals.viewers(journal), writer.cut(), url);
      var _ = CompletableFuture.anyOf(stopped, ended(server)).get();
    }
    server.shutdown(EXIT_GRACE);
    listening.checkFailure();
    return status;
  }

  private static CompletableFuture<Void> ended(Server server) {
    var ended = new CompletableFuture<Void>();
    var _ =
        Thread.ofVirtual()
            .start(() -> {
              try {
                server.awaitShutdown();
                ended.complete(null);
              } catch (InterruptedException e) {
                ended.completeExceptionally(e); // nobody interrupts it
              }
            });
    return ended;
  }

  private void sayEnded(JournaledCommand running, int viewers, boolean cut, String url) {
    output.say(
        "sluice: %s %s; %s now; %s stays at %s until Ctrl-C%s"
            .formatted(
                command.getFirst(),
                running.describeEnd(),
                viewers == 1 ? "1 viewer" : viewers + " viewers",
                cut ? "what came before the cut" : "all of it",
                url,
                data.directory() == null ? "" : ", and in " + data.directory()));
  }

  private String journalName() throws CliException {
    if (name != null) {
      RunStore.checkName(name);
      return name;
    }
    Path file = Path.of(command.getFirst()).getFileName();
    String plain = file == null ? "" : file.toString().replaceAll("[^A-Za-z0-9._~-]|^[-.]+", "");
    return plain.isEmpty() ? "run" : plain;
  }
}
