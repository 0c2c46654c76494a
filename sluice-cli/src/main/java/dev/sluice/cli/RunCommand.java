package dev.sluice.cli;

import dev.sluice.Handler;
import dev.sluice.Router;
import dev.sluice.server.Server;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
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
      "Starts CMD once and streams what it writes, standard output and error together, to any",
      "number of viewers, each from the first byte: curl -N http://127.0.0.1:8080/",
      "Ctrl-C ends CMD and the command."
    },
    customSynopsis = "sluice run [--listen ADDR] [--type MIME] [--quiet] [--debug] -- CMD [ARG...]")
final class RunCommand implements Callable<Integer> {
  private static final Duration VIEWERS_GRACE = Duration.ofSeconds(2);

  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+( *;[ -~]*)?");

  @Mixin private Listen listen = new Listen();
  @Mixin private Output output = new Output();

  @Option(
      names = "--type",
      paramLabel = "MIME",
      defaultValue = "text/plain; charset=utf-8",
      description = "The Content-Type of the output; default: ${DEFAULT-VALUE}.")
  private String type = "text/plain; charset=utf-8";

  @Parameters(arity = "1..*", paramLabel = "CMD", description = "The command and its arguments.")
  private List<String> command = List.of();

  private volatile boolean stopping;

  @Override
  public Integer call() throws Exception {
    if (!MEDIA_TYPE.matcher(type).matches()) {
      throw new CliException(
          ExitStatus.USAGE, "--type: '" + type + "' is no media type; write one like text/html");
    }
    output.configure(false);
    var terminal = new FileOutputStream(FileDescriptor.out);
    // Listening comes first: a busy port must not leave a command running.
    var handler = new CompletableFuture<Handler>();
    Server server =
        listen.start((request, response) -> handler.get().handle(request, response), output);
    Child child;
    try {
      child = Child.start(command, terminal);
    } catch (CliException e) {
      server.shutdown(Duration.ZERO);
      throw e;
    }
    handler.complete(new Router().get("/", new TranscriptHandler(child, type)));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, child), "sluice-stop"));
    output.say("sluice: curl -N " + server.url() + "/");
    int status = child.awaitEnd();
    if (!stopping) {
      output.say(
          "sluice: %s ended with status %d; viewers get all of it until Ctrl-C: %s/"
              .formatted(command.getFirst(), status, server.url()));
    }
    server.awaitShutdown();
    return status;
  }

  /**
   * Ends the command, lets viewers read its end, and leaves with its status. Ctrl-C goes to the
   * command too, so it may have ended already.
   */
  private void stop(Server server, Child child) {
    stopping = true;
    try {
      child.end();
      int status = child.awaitExitStatus();
      server.shutdown(VIEWERS_GRACE);
      Runtime.getRuntime().halt(status);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
