package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A method that a wrapper forgets is a feature that a filter hides. */
final class ForwardingTest {
  private final List<String> calls = new ArrayList<>();

  @Test
  void a_forwarding_response_passes_everything_on() throws Exception {
    check(Response.class, new ForwardingResponse(recorder(Response.class)) {}, List.of());
  }

  @Test
  void a_forwarding_request_passes_everything_on() throws Exception {
    check(
        Request.class,
        new ForwardingRequest(recorder(Request.class)) {},
        List.of(
            Request.class.getMethod("parameter", String.class),
            Request.class.getMethod("protocol"),
            Request.class.getMethod("secure"),
            Request.class.getMethod("clientCertificates")));
  }

  private void check(Class<?> type, Object wrapper, List<Method> more) throws Exception {
    List<Method> methods = new ArrayList<>(more);
    for (Method method : type.getMethods()) {
      if (Modifier.isAbstract(method.getModifiers())) {
        methods.add(method);
      }
    }
    assertTrue(methods.size() > 5, "found " + methods);
    for (Method method : methods) {
      calls.clear();
      Object[] arguments =
          Arrays.stream(method.getParameterTypes()).map(ForwardingTest::anyValue).toArray();
      method.invoke(wrapper, arguments);
      assertEquals(
          List.of(method.getName() + Arrays.toString(method.getParameterTypes())),
          calls,
          () -> "what " + method + " passed on");
    }
  }

  private <T> T recorder(Class<T> type) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              calls.add(method.getName() + Arrays.toString(method.getParameterTypes()));
              return anyValue(method.getReturnType());
            });
    return type.cast(proxy);
  }

  private static Object anyValue(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    if (type == int.class) {
      return 0;
    }
    return type.isArray() ? Array.newInstance(type.componentType(), 0) : null;
  }
}
