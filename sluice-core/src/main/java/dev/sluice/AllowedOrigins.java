package dev.sluice;

import java.util.Set;

/** Lets scripts of other origins in (the Fetch standard, WHATWG, section 3.3, CORS). */
final class AllowedOrigins implements Handler {
  private static final String ALL = "*";

  private final Set<String> origins;
  private final Handler handler;
  private final Handler others;

  AllowedOrigins(Set<String> origins, Handler handler, Handler others) {
    for (String origin : origins) {
      if (!origin.equals(ALL) && !origin.matches("[a-z][a-z0-9+.-]*://[^/\\s,*]+")) {
        throw new IllegalArgumentException("not an origin: " + FieldSyntax.quote(origin));
      }
    }
    this.origins = Set.copyOf(origins);
    this.handler = handler;
    this.others = others;
  }

  @Override
  public void handle(Request request, Response response) throws Exception {
    boolean all = origins.contains(ALL);
    String origin = request.header("Origin");
    if (all) {
      letIn(ALL, response); // whoever asks: a cache may give the answer to others
    } else if (!origins.isEmpty()) {
      response.headers().add("Vary", "Origin");
    }
    if (origin == null || !(all || origins.contains(origin))) {
      others.handle(request, response);
      return;
    }
    if (!all) {
      letIn(origin, response);
    }
    if (request.method().equals("OPTIONS")) {
      response.header("Access-Control-Max-Age", "600");
    }
    handler.handle(request, response);
  }

  private static void letIn(String origin, Response response) {
    response.header("Access-Control-Allow-Origin", origin);
    response.header("Access-Control-Expose-Headers", "*");
  }
}
