package dev.sluice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a handler by method and path.
 *
 * {@snippet :
 * Handler site =
 *     new Router()
 *         .get("/logs/{id}", (request, response) -> follow(request.parameter("id"), response))
 *         .get("/files/{path...}", files)
 *         .post("/logs/{id}", append);
 * }
 *
 * <p><b>Patterns.</b> A segment is plain text, or {@code {name}}, which takes one segment, or at
 * the end {@code {name...}}, which takes the rest, also an empty one. Segments are compared and
 * taken decoded; the rest may hold {@code ..} and is no file name to trust. A trailing slash
 * counts. Whatever the order of registration, the most specific pattern that has the method wins:
 * from left to right text before {@code {name}} before {@code {name...}}.
 *
 * <p><b>Methods.</b> HEAD goes to the handler of GET unless it has its own. OPTIONS is answered
 * with 204 and {@code Allow}, unless it has a handler; so is {@code OPTIONS *}. A path that is
 * there for other methods gets 405 with {@code Allow}, any other 404.
 *
 * <p>Thread safety: all methods may be called by any thread; routes may be added while requests are
 * served.
 */
public final class Router implements Handler {
  /** A null method stands for any. */
  private record Route(@Nullable String method, PathPattern pattern, Handler handler) {
    boolean serves(String asked) {
      return method == null
          || method.equals(asked)
          || (asked.equals("HEAD") && method.equals("GET"));
    }

    boolean duplicates(Route other) {
      return pattern.matchesAs(other.pattern) && Objects.equals(method, other.method);
    }
  }

  private record Match(Route route, Map<String, String> parameters) {}

  /** The most specific pattern first; in one pattern HEAD's own handler before GET's, any last. */
  private static final Comparator<Route> ORDER =
      Comparator.comparing(Route::pattern, PathPattern.MOST_SPECIFIC_FIRST)
          .thenComparing(route -> route.method() == null)
          .thenComparing(route -> "GET".equals(route.method()));

  private volatile List<Route> routes = List.of();

  /** A router without routes. */
  public Router() {}

  /** Adds a route for GET and HEAD; as {@link #route}. */
  public Router get(String pattern, Handler handler) {
    return route("GET", pattern, handler);
  }

  /** Adds a route for POST; as {@link #route}. */
  public Router post(String pattern, Handler handler) {
    return route("POST", pattern, handler);
  }

  /** Adds a route for PUT; as {@link #route}. */
  public Router put(String pattern, Handler handler) {
    return route("PUT", pattern, handler);
  }

  /** Adds a route for DELETE; as {@link #route}. */
  public Router delete(String pattern, Handler handler) {
    return route("DELETE", pattern, handler);
  }

  /**
   * Adds a route for one method.
   *
   * @param method its name, in its own case: {@code PATCH}
   * @return this router
   * @throws IllegalArgumentException if the method or the pattern is malformed, or a pattern that
   *     matches the same paths has this method already
   */
  public Router route(String method, String pattern, Handler handler) {
    if (!FieldSyntax.isToken(method)) {
      throw new IllegalArgumentException("not a method: " + FieldSyntax.quote(method));
    }
    add(new Route(method, PathPattern.parse(pattern), handler));
    return this;
  }

  /** Adds a route for all methods that the pattern does not have otherwise; as {@link #route}. */
  public Router any(String pattern, Handler handler) {
    add(new Route(null, PathPattern.parse(pattern), handler));
    return this;
  }

  @Override
  public void handle(Request request, Response response) throws Exception {
    if (request.path().equals("*") && request.method().equals("OPTIONS")) {
      answerOptions(response, routes);
      return;
    }
    List<String> segments = segments(request.path());
    for (Route route : routes) {
      Map<String, String> parameters =
          route.serves(request.method()) ? route.pattern().match(segments) : null;
      if (parameters != null) {
        route.handler().handle(new RoutedRequest(request, new Match(route, parameters)), response);
        return;
      }
    }
    refuse(request, response, match(segments));
  }

  private static void refuse(Request request, Response response, List<Match> matches)
      throws IOException {
    if (matches.isEmpty()) {
      answerNotFound(request, response);
    } else if (request.method().equals("OPTIONS")) {
      answerOptions(response, matches.stream().map(Match::route).toList());
    } else {
      answerNotAllowed(request, response, matches.stream().map(Match::route).toList());
    }
  }

  private synchronized void add(Route route) {
    for (Route other : routes) {
      if (route.duplicates(other)) {
        throw new IllegalArgumentException(
            "%s %s matches what %s does, which is there already"
                .formatted(
                    route.method() == null ? "any" : route.method(),
                    FieldSyntax.quote(route.pattern().toString()),
                    FieldSyntax.quote(other.pattern().toString())));
      }
    }
    List<Route> more = new ArrayList<>(routes);
    more.add(route);
    more.sort(ORDER);
    routes = List.copyOf(more);
  }

  /** Those between slashes, decoded; none of what is no path. */
  private static List<String> segments(String path) throws RequestException {
    List<String> segments = new ArrayList<>();
    if (path.startsWith("/")) {
      for (String segment : path.substring(1).split("/", -1)) {
        segments.add(Target.decode(segment, false));
      }
    }
    return segments;
  }

  private List<Match> match(List<String> segments) {
    List<Match> matches = new ArrayList<>(1);
    for (Route route : routes) {
      Map<String, String> parameters = route.pattern().match(segments);
      if (parameters != null) {
        matches.add(new Match(route, parameters));
      }
    }
    return matches;
  }

  private static void answerNotFound(Request request, Response response) throws IOException {
    Refusals.answer(response, 404, "nothing at " + FieldSyntax.quote(request.path()));
  }

  private static void answerNotAllowed(Request request, Response response, List<Route> matches)
      throws IOException {
    String allowed = allowed(matches);
    response.header("Allow", allowed);
    Refusals.answer(
        response,
        405,
        "%s is not allowed on %s; allowed are %s"
            .formatted(
                FieldSyntax.quote(request.method()), FieldSyntax.quote(request.path()), allowed));
  }

  private static void answerOptions(Response response, List<Route> matches) {
    response.status(204).header("Allow", allowed(matches));
  }

  private static String allowed(List<Route> matches) {
    var methods = new TreeSet<String>();
    methods.add("OPTIONS");
    for (Route route : matches) {
      String method = route.method();
      if (method != null) {
        methods.add(method);
      }
      if ("GET".equals(method)) {
        methods.add("HEAD");
      }
    }
    return String.join(", ", methods);
  }

  /** A request that knows what its pattern took from the path. */
  private static final class RoutedRequest extends ForwardingRequest {
    private final Match match;

    RoutedRequest(Request request, Match match) {
      super(request);
      this.match = match;
    }

    /** What this pattern does not have, that of a router around this one may. */
    @Override
    public String parameter(String name) {
      String value = match.parameters().get(name);
      if (value != null) {
        return value;
      }
      try {
        return super.parameter(name);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "no path parameter {" + name + "} in " + match.route().pattern(), e);
      }
    }
  }
}
