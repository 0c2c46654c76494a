package dev.sluice.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Named figures, as a line of JSON. */
final class Figures {
  private final Map<String, String> values = new LinkedHashMap<>();

  Figures add(String name, long value) {
    values.put(name, Long.toString(value));
    return this;
  }

  Figures add(String name, double value) {
    values.put(name, String.format(Locale.ROOT, "%.3f", value));
    return this;
  }

  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(figure -> "\"" + figure.getKey() + "\":" + figure.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
