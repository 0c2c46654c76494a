/**
 * Commands: a program and all that it starts, as one thing that is read, waited for and ended.
 *
 * {@snippet :
 * try (Command make = Command.start(List.of("make", "-j8"), CommandOptions.defaults(), sink)) {
 *   make.awaitOutput(); // the sink has had all of it
 *   Exit exit = make.waitFor();
 * }
 * }
 *
 * <p>A command is the leader of a session and process group of its own. It has no controlling
 * terminal ({@code /dev/tty} cannot be opened), and Ctrl-C on the terminal does not reach it: who
 * starts it passes on what it is to have ({@link dev.sluice.process.Command#signal}). {@link
 * dev.sluice.process.Command#end} leaves no process behind: not those of its group, and not those
 * that left it, which are found by their parents, their session and a variable of their
 * environment. A guardian process does the same when the JVM is killed.
 *
 * <p><b>Concurrency.</b> A command may be used by any thread at any time. Each has two platform
 * threads: one reads its output and calls the sink, one waits for its exit; a third one runs while
 * it is being ended. What waits here may be called on a virtual thread, but for writing to its
 * standard input, which holds the carrier while the command does not read.
 *
 * <p><b>Limits.</b> Linux on a 64-bit processor; in WSL on Windows. What another system needs is in
 * {@code Libc}, {@code Spawn} and {@code ProcessTable}, and nowhere else. The JVM wants {@code
 * --enable-native-access}, or warns. Two pipes have no common order: what is written to standard
 * output and standard error faster than it is read (some ten microseconds) may change places.
 */
@NullMarked
package dev.sluice.process;

import org.jspecify.annotations.NullMarked;
