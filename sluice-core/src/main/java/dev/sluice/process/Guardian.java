package dev.sluice.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A shell that ends a command if this JVM is killed. It reads a pipe whose other end only this JVM
 * has, and which the kernel closes with it:
 *
 * <pre>
 *     GROUP    the process group to end, when the command has been started
 *     over     nothing is left to end: leave
 *     (end)    without "over": TERM to all of the command, KILL two seconds later
 * </pre>
 *
 * It is started before the command, so that there is no moment without it, in a session of its own
 * where Ctrl-C does not reach it, and has no other file open.
 *
 * <p>Thread safety: all methods.
 */
final class Guardian {
  private static final Path SHELL = Path.of("/bin/sh");

  private static final String SCRIPT =
      """
      # sluice: ends a command that sluice could not end, having been killed
      trap '' HUP INT QUIT TERM
      cookie=$1 group=none
      while read -r line; do
        [ "$line" != over ] || exit 0
        group=$line
      done
      everyone() {
        for file in $(grep -lsF -e "$cookie" /proc/[0-9]*/environ); do
          file=${file#/proc/}
          echo "${file%/environ}"
        done
        for file in /proc/[0-9]*/stat; do
          read -r stat <"$file" || continue
          id=${stat%% *}
          # state, parent, group, session: after the name, which may have anything in it
          set -- ${stat##*) }
          case $1,$3,$4 in
            [ZX],*) ;;
            ?,"$group",* | ?,*,"$group") echo "$id" ;;
          esac
        done
      }
      send() {
        for id in $(everyone); do kill -s "$1" "$id"; done
      }
      send TERM
      send CONT
      # Two looks in a row that find nobody: a process may escape one while it starts another.
      tries=0 none=0
      while [ $none -lt 2 ] && [ $tries -lt 100 ]; do
        if [ -z "$(everyone)" ]; then none=$((none + 1)); else none=0; fi
        [ $tries -lt 20 ] || send KILL
        tries=$((tries + 1))
        sleep 0.1
      done
      """;

  private final int id;
  private final Descriptor pipe;
  private boolean released;

  private Guardian(int id, Descriptor pipe) {
    this.id = id;
    this.pipe = pipe;
  }

  /** Starts one for all processes that will have this cookie. */
  static Guardian start(String cookie) throws IOException {
    Descriptor.Pipe pipe = Descriptor.Pipe.open();
    try (Descriptor theirs = pipe.read();
        Arena arena = Arena.ofConfined();
        Spawn spawn = new Spawn()) {
      spawn.giveFile(theirs, 0);
      spawn.giveNull(1);
      spawn.giveNull(2);
      int id =
          spawn.start(
              SHELL,
              List.of("sh", "-c", SCRIPT, "sluice-guardian", cookie),
              NativeStrings.array(arena, List.of(searchPath())));
      if (id < 0) {
        throw Libc.failure(SHELL + ", which guards commands,", id);
      }
      return new Guardian(id, pipe.write());
    } catch (IOException | RuntimeException e) {
      pipe.close();
      throw e;
    }
  }

  private static String searchPath() {
    return "PATH=" + System.getenv().getOrDefault("PATH", "/bin:/usr/bin");
  }

  /** Tells it which group it guards. */
  synchronized void watch(int group) throws IOException {
    int result = tell(Integer.toString(group));
    if (result < 0) {
      throw Libc.failure("telling the guardian", result);
    }
  }

  /** Sends it away, once. One that has gone by itself is as good. */
  synchronized void release() {
    if (!released) {
      released = true;
      var _ = tell("over");
      pipe.close();
      Leader.reap(id);
    }
  }

  private int tell(String word) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment line = arena.allocateFrom(word + "\n", StandardCharsets.US_ASCII);
      return Libc.write(pipe.number(), line.asSlice(0, line.byteSize() - 1));
    }
  }
}
