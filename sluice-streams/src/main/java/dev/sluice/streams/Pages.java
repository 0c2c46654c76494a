package dev.sluice.streams;

import dev.sluice.Response;
import dev.sluice.journal.Journal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** The pages: one that follows a journal, and one that lists several. */
final class Pages {
  private static final String WATCH = Assets.text("watch.html");
  private static final String INDEX = Assets.text("index.html");

  private Pages() {}

  static void watch(PublishedJournal published, Response response) throws IOException {
    send(
        WATCH
            .replace("{{opened}}", published.lifetime().opened().toString())
            .replace("{{now}}", Instant.now().toString())
            .replace("{{name}}", escape(published.journal().name())),
        response);
  }

  static void index(List<Journal> journals, Response response) throws IOException {
    var items = new StringBuilder();
    for (Journal journal : journals) {
      String name = escape(journal.name());
      String state = journal.ending() == null ? "" : " (ended)";
      items.append("  <li><a href=\"/%s\">%s</a>%s</li>\n".formatted(name, name, state));
    }
    send(INDEX.replace("{{journals}}", items), response);
  }

  private static void send(String page, Response response) throws IOException {
    byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
    Assets.protect(response.headers());
    response.type("text/html; charset=utf-8").length(bytes.length).write(bytes);
  }

  /** Names hold none of these; a page does not rely on it. */
  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
