package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RouterTest {

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/logs, /logs",
    "/logs/, /logs/",
    "/logs/7, /logs/{id}",
    "/logs/latest, /logs/latest",
    "/logs/latest/raw, /logs/{id}/raw",
    "/logs/7/other, /logs/{rest...}",
    "/files/, /files/{path...}",
    "/files/a/b, /files/{path...}",
    "/caf%C3%A9, /café",
    "http://host/logs, /logs",
  })
  void the_most_specific_pattern_wins_whatever_the_order(String target, String expected) {
    List<String> patterns =
        new ArrayList<>(
            List.of(
                "/",
                "/logs",
                "/logs/",
                "/logs/{id}",
                "/logs/latest",
                "/logs/{id}/raw",
                "/logs/{rest...}",
                "/files/{path...}",
                "/café"));
    long seed = System.nanoTime();
    Collections.shuffle(patterns, new Random(seed));
    var router = new Router();
    for (String pattern : patterns) {
      router.get(pattern, (request, response) -> response.write(pattern));
    }
    assertEquals(expected, get(router, target).body(), "seed " + seed);
  }

  @Test
  void parameters_are_decoded() {
    Router router =
        new Router()
            .get(
                "/a/{one}/{rest...}",
                (request, response) ->
                    response.write(request.parameter("one") + "|" + request.parameter("rest")));
    assertEquals("x y+z/é|b/c d", get(router, "/a/x%20y+z%2F%C3%A9/b/c%20d").body());
  }

  @Test
  void a_parameter_takes_no_empty_segment_and_the_rest_takes_one() {
    Router router = new Router().get("/a/{one}", name("one")).get("/b/{rest...}", name("rest"));
    assertEquals(404, get(router, "/a/").status());
    assertEquals("rest", get(router, "/b/").body());
    assertEquals(404, get(router, "/b").status());
  }

  @Test
  void an_unknown_parameter_is_refused_with_the_pattern() {
    Router router = new Router().get("/a/{one}", (request, response) -> request.parameter("two"));
    assertEquals("no path parameter {two} in /a/{one}", get(router, "/a/1").failure().getMessage());
  }

  @Test
  void a_router_within_a_router_knows_the_parameters_of_both() {
    Router inner =
        new Router()
            .get(
                "/{all...}",
                (request, response) ->
                    response.write(request.parameter("all") + " " + request.parameter("rest")));
    Router outer = new Router().any("/in/{rest...}", inner);
    assertEquals("in/x x", get(outer, "/in/x").body());
  }

  @Test
  void a_path_that_is_not_there_gets_404_with_what_there_is() {
    var exchange = get(new Router().get("/a", name("a")).get("/b/{id}", name("b")), "/c%0a");
    assertEquals(404, exchange.status());
    assertEquals("text/plain; charset=utf-8", exchange.headers().get("Content-Type"));
    assertEquals("404: nothing at \"/c%0a\"\n", exchange.body());
    assertEquals("nosniff", exchange.headers().get("X-Content-Type-Options"));
    assertEquals("same-origin", exchange.headers().get("Cross-Origin-Resource-Policy"));
  }

  @Test
  void a_method_that_is_not_there_gets_405_with_those_that_are() {
    var exchange = run(new Router().get("/a", name("a")).post("/{x}", name("x")), "DELETE", "/a");
    assertEquals(405, exchange.status());
    assertEquals("GET, HEAD, OPTIONS, POST", exchange.headers().get("Allow"));
    assertEquals(
        "405: \"DELETE\" is not allowed on \"/a\"; allowed are GET, HEAD, OPTIONS, POST\n",
        exchange.body());
  }

  @Test
  void a_less_specific_pattern_answers_the_method_that_the_more_specific_one_lacks() {
    Router router = new Router().post("/a", name("exact")).get("/{x}", name("parameter"));
    assertEquals("parameter", get(router, "/a").body());
  }

  @Test
  void head_is_answered_by_get_unless_it_has_its_own() {
    Router router = new Router().get("/a", name("get")).get("/b", name("get"));
    router.route("HEAD", "/b", (request, response) -> response.header("X-Own", "yes"));
    var byGet = run(router, "HEAD", "/a");
    assertEquals("3", byGet.headers().get("Content-Length"));
    assertEquals("", byGet.body());
    assertEquals("yes", run(router, "HEAD", "/b").headers().get("X-Own"));
  }

  @Test
  void options_are_told() {
    Router router = new Router().get("/a", name("a")).delete("/b", name("b"));
    assertEquals(204, run(router, "OPTIONS", "/a").status());
    assertEquals("GET, HEAD, OPTIONS", run(router, "OPTIONS", "/a").headers().get("Allow"));
    assertEquals("DELETE, GET, HEAD, OPTIONS", run(router, "OPTIONS", "*").headers().get("Allow"));
    assertEquals(404, run(router, "OPTIONS", "/c").status());
  }

  @Test
  void any_takes_the_methods_that_nobody_else_has() {
    Router router = new Router().any("/a", name("any")).put("/a", name("put"));
    assertEquals("put", run(router, "PUT", "/a").body());
    assertEquals("any", run(router, "PATCH", "/a").body());
    assertEquals("any", run(router, "OPTIONS", "/a").body());
  }

  @Test
  void a_pattern_that_matches_what_another_does_is_refused() {
    Router router = new Router().get("/a/{x}", name("x")).post("/a/{y}", name("y"));
    var e = assertThrows(IllegalArgumentException.class, () -> router.get("/a/{z}", name("z")));
    assertEquals(
        "GET \"/a/{z}\" matches what \"/a/{x}\" does, which is there already", e.getMessage());
    router.any("/a/{x}", name("any"));
    assertThrows(IllegalArgumentException.class, () -> router.any("/a/{q}", name("any")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "/{",
        "/a{b}",
        "/{a}b",
        "/{}",
        "/{a b}",
        "/{a...}/b",
        "/{a}/{a}",
        "/a//b",
        "/?x",
        "/%41",
        "/{...}"
      })
  void a_malformed_pattern_is_refused_and_quoted(String pattern) {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> new Router().get(pattern, name("never")));
    assertTrue(
        e.getMessage().startsWith("malformed pattern \"" + pattern + "\": "), e.getMessage());
  }

  @Test
  void a_malformed_path_is_the_clients_fault() {
    assertEquals(400, get(new Router().get("/{x}", name("x")), "/%zz").status());
  }

  private static Handler name(String name) {
    return (request, response) -> response.write(name);
  }

  private static TestExchange get(Router router, String target) {
    return run(router, "GET", target);
  }

  private static TestExchange run(Router router, String method, String target) {
    return TestExchange.run(router, TestRequest.of(method, target));
  }
}
