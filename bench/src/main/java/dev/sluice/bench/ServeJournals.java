package dev.sluice.bench;

import dev.sluice.Router;
import dev.sluice.journal.DataDirectory;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.MemoryStore;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import dev.sluice.streams.JournalHandler;
import dev.sluice.streams.Journals;
import dev.sluice.streams.StreamHandler;
import dev.sluice.streams.StreamOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The measured server of journals: what {@code sluice serve --data} serves, and nothing around. */
public final class ServeJournals {
  private ServeJournals() {}

  /**
   * Serves until it is ended.
   *
   * @param args the port; the data directory, or nothing for journals in memory
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 1 || args.length > 2) {
      System.err.println("usage: bench/java ServeJournals PORT [DIR]");
      System.exit(2);
    }
    Logger.getLogger("dev.sluice").setLevel(Level.WARNING);
    JournalLimits limits = JournalLimits.defaults();
    try (JournalStore store =
        args.length == 1 ? new MemoryStore(limits) : DataDirectory.open(Path.of(args[1]), limits)) {
      serve(Integer.parseInt(args[0]), store);
    }
  }

  private static void serve(int port, JournalStore store) throws IOException, InterruptedException {
    var journals = new Journals(store);
    var router = new Router();
    new StreamHandler(journals, StreamOptions.defaults()).addTo(router);
    new JournalHandler(journals, (journal, viewers) -> {}).addTo(router);
    try (Server server = Server.start(ServerOptions.defaults().withPort(port), router)) {
      System.out.println("serving " + server.url());
      server.awaitShutdown();
    }
  }
}
