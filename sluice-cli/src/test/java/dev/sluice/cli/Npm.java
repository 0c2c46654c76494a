package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder {@code conformance}, and what npm installs there. */
final class Npm {
  private Npm() {}

  /** The folder; first installs what its lock file names, if that has not been done. */
  static synchronized Path installed() throws IOException, InterruptedException {
    Path folder = folder();
    Path lock = folder.resolve("package-lock.json");
    Path done = folder.resolve("node_modules/.package-lock.json");
    boolean isDone =
        Files.exists(done)
            && Files.getLastModifiedTime(done).compareTo(Files.getLastModifiedTime(lock)) >= 0;
    if (!isDone) {
      install(folder);
    }
    return folder;
  }

  private static void install(Path folder) throws IOException, InterruptedException {
    Process npm =
        new ProcessBuilder("npm", "ci")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    npm.getOutputStream().close();
    String said = new String(npm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, npm.waitFor(), () -> "npm ci in " + folder + ": " + said);
  }

  /** From wherever the tests are run. */
  private static Path folder() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("conformance/package-lock.json"))) {
      directory = directory.getParent();
    }
    return directory.resolve("conformance");
  }
}
