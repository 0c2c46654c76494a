package dev.sluice.process;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What a command is started with. Immutable; each {@code with} returns a changed copy.
 *
 * @param input its standard input
 * @param directory its working directory
 * @param environment variables that it has besides those of this JVM, or in their place; its {@code
 *     PATH} is the one where the program is looked for
 */
public record CommandOptions(StandardInput input, Path directory, Map<String, String> environment) {

  /** Checks the names of the variables and copies the map. */
  public CommandOptions {
    environment = Map.copyOf(environment);
    environment.forEach(CommandOptions::check);
  }

  /** No standard input, this JVM's working directory and environment. */
  public static CommandOptions defaults() {
    return new CommandOptions(StandardInput.NULL, Path.of(""), Map.of());
  }

  /** The same with another standard input. */
  public CommandOptions withInput(StandardInput newInput) {
    return new CommandOptions(newInput, directory, environment);
  }

  /** The same with another working directory. */
  public CommandOptions withDirectory(Path newDirectory) {
    return new CommandOptions(input, newDirectory, environment);
  }

  /**
   * The same with one more variable.
   *
   * @throws IllegalArgumentException if it cannot be the name, or the value, of a variable
   */
  public CommandOptions withVariable(String name, String value) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.put(name, value);
    return new CommandOptions(input, directory, changed);
  }

  private static void check(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not a name of a variable: \"" + name + "\"");
    }
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("NUL in the value of variable " + name);
    }
  }
}
