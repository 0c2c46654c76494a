package dev.sluice.process;

import dev.sluice.process.Descriptor.Pipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pipes to a command while it is started: its ends and ours. */
final class StandardFiles implements AutoCloseable {
  private final StandardInput kind;
  private final Pipe output;
  private final Pipe error;
  private final @Nullable Pipe input;

  private StandardFiles(StandardInput kind, List<Pipe> pipes) {
    this.kind = kind;
    this.output = pipes.get(0);
    this.error = pipes.get(1);
    this.input = pipes.size() > 2 ? pipes.get(2) : null;
  }

  static StandardFiles open(StandardInput kind) throws IOException {
    List<Pipe> pipes = new ArrayList<>();
    int count = kind == StandardInput.PIPE ? 3 : 2;
    try {
      while (pipes.size() < count) {
        pipes.add(Pipe.open());
      }
      return new StandardFiles(kind, pipes);
    } catch (IOException e) {
      pipes.forEach(Pipe::close);
      throw e;
    }
  }

  void giveTo(Spawn spawn) throws IOException {
    switch (kind) {
      case INHERIT -> {}
      case NULL -> spawn.giveNull(0);
      case PIPE -> {
        if (input != null) {
          spawn.giveFile(input.read(), 0);
        }
      }
    }
    spawn.giveFile(output.write(), 1);
    spawn.giveFile(error.write(), 2);
  }

  /** Closes the command's ends: else its outputs would never end here. */
  void closeTheirs() {
    if (input != null) {
      input.read().close();
    }
    output.write().close();
    error.write().close();
  }

  Descriptor output() {
    return output.read();
  }

  Descriptor error() {
    return error.read();
  }

  /** Where the command's input is written; null if that is not a pipe. */
  @Nullable Descriptor input() {
    return input == null ? null : input.write();
  }

  /** Closes all of them. */
  @Override
  public void close() {
    if (input != null) {
      input.close();
    }
    output.close();
    error.close();
  }
}
