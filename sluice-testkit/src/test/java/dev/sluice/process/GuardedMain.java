package dev.sluice.process;

import java.util.List;

/** A JVM for {@link GuardianTest} to kill: runs a shell's script as a command. */
final class GuardedMain {
  private GuardedMain() {}

  public static void main(String[] arguments) throws Exception {
    Command command =
        Command.start(
            List.of("sh", "-c", arguments[0]),
            CommandOptions.defaults(),
            output -> System.out.write(output.toByteArray()));
    command.awaitOutput();
    System.out.println(command.waitFor());
  }
}
