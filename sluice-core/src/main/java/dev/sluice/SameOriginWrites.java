package dev.sluice;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Refuses writes from web pages of other origins (the Fetch standard, WHATWG). */
final class SameOriginWrites implements Handler {
  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  private final Handler handler;

  SameOriginWrites(Handler handler) {
    this.handler = handler;
  }

  @Override
  public void handle(Request request, Response response) throws Exception {
    String refusal = SAFE_METHODS.contains(request.method()) ? null : refusal(request);
    if (refusal == null) {
      handler.handle(request, response);
      return;
    }
    Refusals.answer(response, 403, request.method() + " refused: " + refusal);
  }

  /** Sec-Fetch-Site is the browser's own judgement; Origin is what older ones send. */
  private static @Nullable String refusal(Request request) {
    String site = request.header("Sec-Fetch-Site");
    if (site != null) {
      return site.equals("same-origin") || site.equals("none")
          ? null
          : "sent by a page of another origin (Sec-Fetch-Site: " + site + ")";
    }
    String origin = request.header("Origin");
    return origin == null || sameOrigin(origin, request)
        ? null
        : "sent by a page of another origin (Origin: " + origin + ")";
  }

  /**
   * On an encrypted connection a page that came in cleartext is another origin, whoever sent it. In
   * cleartext the client's scheme is not known, as a proxy may end TLS; the origin's stands for it.
   */
  private static boolean sameOrigin(String origin, Request request) {
    String asked = AllowedHosts.askedHost(request);
    int scheme = origin.indexOf("://");
    if (scheme < 0 || asked == null) {
      return false;
    }
    String name = origin.substring(0, scheme);
    if (request.secure() && !name.equalsIgnoreCase("https")) {
      return false;
    }
    HostName from = HostName.parse(origin.substring(scheme + 3));
    HostName to = HostName.parse(asked);
    return from != null && to != null && from.withPortOf(name).equals(to.withPortOf(name));
  }
}
