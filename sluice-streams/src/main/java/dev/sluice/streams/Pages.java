package dev.sluice.streams;

import dev.sluice.Response;
import dev.sluice.journal.Journal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The pages: one that follows a journal, and one that lists several. */
final class Pages {
  private static final String WATCH = Assets.text("watch.html");
  private static final String INDEX = Assets.text("index.html");

  /** A list is for people; of many journals one knows the name. */
  private static final int LISTED_MAX = 1000;

  private Pages() {}

  static void watch(Journal journal, Response response) throws IOException {
    send(
        WATCH
            .replace("{{opened}}", journal.opened().toString())
            .replace("{{now}}", Instant.now().toString())
            .replace("{{name}}", escape(journal.name())),
        response);
  }

  static void index(List<String> names, Response response) throws IOException {
    var items = new StringBuilder();
    for (String each : listed(names)) {
      String name = escape(each);
      items.append("  <li><a href=\"/%s\">%s</a></li>\n".formatted(name, name));
    }
    send(
        INDEX
            .replace("{{journals}}", items)
            .replace("{{facts}}", facts(names))
            .replace("{{rest}}", rest(names)),
        response);
  }

  private static String facts(List<String> names) {
    return names.size() > LISTED_MAX
        ? String.format(Locale.ROOT, "the first %,d of %,d", LISTED_MAX, names.size())
        : "";
  }

  /** The paths, one a line. */
  static void plainIndex(List<String> names, Response response) throws IOException {
    var lines = new StringBuilder();
    for (String name : listed(names)) {
      lines.append('/').append(name).append('\n');
    }
    if (names.size() > LISTED_MAX) {
      lines.append(rest(names)).append('\n');
    }
    response.type("text/plain; charset=utf-8").write(lines);
  }

  private static List<String> listed(List<String> names) {
    return names.subList(0, Math.min(names.size(), LISTED_MAX));
  }

  /** What the list does not show. */
  private static String rest(List<String> names) {
    if (names.isEmpty()) {
      return "There are no journals yet.";
    }
    int more = names.size() - LISTED_MAX;
    return more <= 0 ? "" : String.format(Locale.ROOT, "… and %,d more", more);
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
