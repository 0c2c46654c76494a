package dev.sluice.cli;

import dev.sluice.Router;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.MemoryStore;
import dev.sluice.journal.Retention;
import dev.sluice.server.Server;
import dev.sluice.streams.JournalHandler;
import dev.sluice.streams.Journals;
import dev.sluice.streams.StreamHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice serve}: journals that are written and followed over HTTP. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Serves journals, which others write and follow.",
      "sluice append, or any HTTP client, writes them; sluice cat, curl -N, or a browser follows"
          + " them. Ctrl-C ends it; with --data it goes on there the next time.",
      ""
    },
    customSynopsis = "sluice serve [OPTIONS]")
final class ServeCommand implements Callable<Integer> {
  /** Appends that are under way are answered; viewers, which have no end, are cut. */
  private static final Duration STOP_GRACE = Duration.ofSeconds(1);

  @Mixin private Listen listen = new Listen();
  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--keep",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "How much of the latest of a new journal is kept; default: all.")
  private long keep = Retention.ALL.bytes();

  @Option(
      names = "--keep-for",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description = "How long the bytes of a new journal are kept; default: for ever.")
  private @Nullable Duration keepFor;

  @Option(
      names = "--no-fsync",
      description =
          "For new journals: answer an append before the disk has it. The latest may then be lost"
              + " when the power fails, but not when sluice is killed.")
  private boolean noFsync;

  @Mixin private LiveOptions live = new LiveOptions();
  @Mixin private StoreLimits limits = new StoreLimits();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws CliException, InterruptedException {
    listen.check();
    output.configure(false);
    Path directory = data.directory();
    try (JournalStore store =
        directory == null
            ? new MemoryStore(limits.limits())
            : DataOption.open(directory, limits.limits())) {
      serve(store, directory);
    } catch (IOException e) { // of the close
      throw new CliException(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    }
    return ExitStatus.OK;
  }

  private void serve(JournalStore store, @Nullable Path directory)
      throws CliException, InterruptedException {
    var created =
        JournalOptions.defaults().withDurable(!noFsync).withRetention(new Retention(keep, keepFor));
    var journals = new Journals(store);
    Router router = new JournalHandler(journals, (changed, viewers) -> {}).addTo(new Router());
    new StreamHandler(journals, live.streamOptions().withCreated(created)).addTo(router);
    Listening listening =
        listen.start(router, Set.copyOf(live.allowedOrigins()), output, "read and write");
    Server server = listening.server();
    onSignal(server);
    output.say("sluice: " + listening.url() + "/ (" + describe(store, directory) + ")");
    server.awaitShutdown();
    listening.checkFailure();
  }

  private static void onSignal(Server server) {
    var stopping = new AtomicBoolean();
    Runnable action =
        () -> {
          if (stopping.getAndSet(true)) { // the second one
            Runtime.getRuntime().halt(ExitStatus.INTERRUPTED);
          }
          stop(server);
        };
    if (!Interrupts.handle(action)) {
      Runtime.getRuntime().addShutdownHook(new Thread(action, "sluice-stop"));
    }
  }

  private static void stop(Server server) {
    try {
      server.shutdown(STOP_GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String describe(JournalStore store, @Nullable Path directory) {
    if (directory == null) {
      return "journals in memory, which end with this; --data DIR keeps them";
    }
    int count = store.names().size();
    return (count == 1 ? "1 journal" : count + " journals") + " in " + directory;
  }
}
