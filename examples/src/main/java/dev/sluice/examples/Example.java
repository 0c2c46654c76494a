package dev.sluice.examples;

import dev.sluice.Filters;
import dev.sluice.Handler;
import dev.sluice.Router;
import java.time.Duration;
import java.util.List;

/**
 * One example, and how to look at it.
 *
 * @param path where it is served
 * @param shows what it shows
 * @param curl the options that {@code curl} needs to show it
 * @param handler the example itself
 */
public record Example(String path, String shows, String curl, Handler handler) {
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final long GIGABYTE = 1_000_000_000;

  /** All examples, in the order in which one would look at them. */
  public static List<Example> all() {
    Handler flush = new FlushExample(STEP);
    return List.of(
        new Example(
            "/buffered",
            "written over three seconds, sent at once with its length",
            "-N",
            new BufferedExample(STEP)),
        new Example("/flush", "a line a second, each sent as it is written", "-N", flush),
        new Example(
            "/buffering-wrapper",
            "the same handler under a wrapper that must buffer: it asks, and says so",
            "-N",
            Filters.buffered(flush, 64 * 1024)),
        new Example(
            "/large",
            "a generated gigabyte, in constant memory",
            "-N -o /dev/null",
            new LargeExample(GIGABYTE)),
        new Example(
            "/command",
            "a command's output, forwarded as it is read by a thread of its own",
            "-N",
            new CommandExample(
                List.of("sh", "-c", "for i in 1 2 3; do echo tick $i; sleep 1; done"))),
        new Example(
            "/hijack",
            "takes the connection, and talks on it without HTTP",
            "-N --http1.1 --http0.9",
            new HijackExample(Duration.ofSeconds(5))));
  }

  /** A router over some examples. */
  public static Router router(List<Example> examples) {
    var router = new Router();
    for (Example example : examples) {
      router.get(example.path(), example.handler());
    }
    return router;
  }
}
