package dev.sluice.cli;

import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code sluice} command. */
@Command(
    name = "sluice",
    description = "Streams what takes time: write, flush, and it is on the wire.",
    subcommands = {
      RunCommand.class,
      ServeCommand.class,
      AppendCommand.class,
      CatCommand.class,
      DemoCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
final class Main implements Runnable {

  private static final Pattern INVALID_VALUE =
      Pattern.compile(
          "^Invalid value for (?:option '(.*?)'(?: \\(.*?\\))?"
              + "|positional parameter at index \\d+ \\((.*?)\\))");

  @Spec private CommandSpec spec;

  private Main(CommandSpec none) {
    this.spec = none;
  }

  /** Runs it and ends the JVM with its status. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs it; returns the exit status. */
  static int run(String... args) {
    CommandLine line =
        new CommandLine(new Main(CommandSpec.create()))
            .setParameterExceptionHandler(Main::usageError)
            .setExecutionExceptionHandler(Main::failure);
    // What follows CMD is CMD's.
    line.getSubcommands().forEach((name, each) -> each.setStopAtPositional(name.equals("run")));
    return line.execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "COMMAND: missing");
  }

  private static int usageError(ParameterException e, String[] args) {
    String help = e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
    e.getCommandLine().getErr().println("sluice: " + oneLine(describe(e)) + "; see " + help);
    return ExitStatus.USAGE;
  }

  private static String describe(ParameterException e) {
    return switch (e) {
      case UnmatchedArgumentException unmatched -> describe(unmatched);
      case MissingParameterException missing -> describe(missing.getMissing().getFirst());
      case OverwrittenOptionException twice ->
          name(twice.getOverwritten()) + ": given more than once";
      default -> INVALID_VALUE.matcher(String.valueOf(e.getMessage())).replaceFirst("$1$2");
    };
  }

  private static String describe(UnmatchedArgumentException e) {
    boolean takesCommand = !e.getCommandLine().getSubcommands().isEmpty();
    String what =
        e.isUnknownOption()
            ? "unknown option"
            : takesCommand ? "unknown command" : "unexpected argument";
    List<String> similar = e.getSuggestions();
    return "%s: %s%s"
        .formatted(
            e.getUnmatched().getFirst(),
            what,
            similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?");
  }

  private static String describe(ArgSpec missing) {
    return missing instanceof OptionSpec option
        ? name(option) + ": " + option.paramLabel() + " is missing"
        : name(missing) + ": missing";
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static int failure(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    if (Output.debug()) {
      e.printStackTrace(command.getErr());
    }
    String what = e instanceof CliException ? String.valueOf(e.getMessage()) : e.toString();
    command.getErr().println("sluice: " + oneLine(what));
    return e instanceof CliException expected ? expected.status() : ExitStatus.FAILED;
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
