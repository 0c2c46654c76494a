package dev.sluice.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * What the user or the system asks for by a signal: Ctrl-C, TERM, HUP.
 *
 * <p>A shutdown hook would do for the first Ctrl-C; the second one never reaches a JVM that is
 * shutting down. {@code sun.misc.Signal} is the only way in Java, and the compiler warns of its use
 * without a way to agree; hence by name. Where it is missing, the hook is all there is.
 */
final class Interrupts {
  private static final String[] NAMES = {"INT", "TERM", "HUP"};

  private Interrupts() {}

  /**
   * Calls an action for each signal from now on, on a thread of its own.
   *
   * @return whether it will be; if not, the JVM shuts down as usual
   */
  static boolean handle(Runnable action) {
    try {
      Class<?> signalClass = Class.forName("sun.misc.Signal");
      Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
      Object ignored = handlerClass.getField("SIG_IGN").get(null);
      Method handle = signalClass.getMethod("handle", signalClass, handlerClass);
      Object handler =
          Proxy.newProxyInstance(
              Interrupts.class.getClassLoader(),
              new Class<?>[] {handlerClass},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                  return null;
                }
                throw new UnsupportedOperationException(method.getName());
              });
      for (String name : NAMES) {
        Object signal = signalClass.getConstructor(String.class).newInstance(name);
        Object before = handle.invoke(null, signal, handler);
        if (ignored.equals(before)) { // as under nohup: so it stays
          handle.invoke(null, signal, before);
        }
      }
      return true;
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return false;
    }
  }
}
