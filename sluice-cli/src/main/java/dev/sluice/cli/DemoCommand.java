package dev.sluice.cli;

import dev.sluice.examples.Example;
import dev.sluice.server.Server;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice demo}: serves the examples. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Serves the examples, and prints a curl line for each.")
final class DemoCommand implements Callable<Integer> {

  @Mixin private Listen listen = new Listen();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws CliException, InterruptedException {
    listen.check();
    output.configure(true);
    List<Example> examples = Example.all();
    Listening listening = listen.start(Example.router(examples), output);
    Server server = listening.server();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "sluice-stop"));
    for (Example example : examples) {
      System.out.println("# " + example.shows());
      System.out.println(
          String.join(" ", listening.curl(), example.curl(), listening.url() + example.path()));
    }
    output.say("sluice: Ctrl-C ends it");
    server.awaitShutdown();
    listening.checkFailure();
    return ExitStatus.OK;
  }

  private static void stop(Server server) {
    try {
      server.shutdown(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
