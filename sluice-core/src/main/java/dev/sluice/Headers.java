package dev.sluice;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Header or trailer fields: ordered, several per name, names in any case (RFC 9110 section 5).
 *
 * <p>What is set is checked at once: a name is a token, a value holds visible Latin-1 characters,
 * spaces and tabs. CR, LF and NUL are refused, so that no value can become a field or a response of
 * its own.
 *
 * <p>Thread safety: none; fixed headers (those of a request, or of a committed response) may be
 * read by any thread.
 */
public final class Headers implements Iterable<Headers.Field> {

  /**
   * One field line.
   *
   * @param name as it was set
   * @param value without surrounding white space
   */
  public record Field(String name, String value) {}

  private final List<Field> fields;
  private @Nullable String fixedBecause;

  /** No fields. */
  public Headers() {
    this.fields = new ArrayList<>();
  }

  private Headers(List<Field> fields) {
    this.fields = fields;
  }

  /** A copy of other fields, which can be changed. */
  public static Headers copyOf(Headers other) {
    return new Headers(new ArrayList<>(other.fields));
  }

  /** One field, to begin with. */
  public static Headers of(String name, String value) {
    return new Headers().add(name, value);
  }

  /** The first value of a field, or null. */
  public @Nullable String get(String name) {
    int index = indexOf(name, 0);
    return index < 0 ? null : fields.get(index).value();
  }

  /** All values of a field, in their order; empty if there is none. */
  public List<String> all(String name) {
    int first = indexOf(name, 0);
    if (first < 0) {
      return List.of();
    }
    int next = indexOf(name, first + 1);
    if (next < 0) {
      return List.of(fields.get(first).value()); // as nearly always
    }
    List<String> values = new ArrayList<>();
    for (int i = first; i >= 0; i = indexOf(name, i + 1)) {
      values.add(fields.get(i).value());
    }
    return List.copyOf(values);
  }

  /** Whether there is such a field. */
  public boolean contains(String name) {
    return indexOf(name, 0) >= 0;
  }

  /**
   * Whether a comma-separated field holds a token, in any case: {@code Connection: close}.
   *
   * <p>Parameters of the token ({@code gzip;q=1}) are not looked at.
   */
  public boolean containsToken(String name, String token) {
    for (int i = indexOf(name, 0); i >= 0; i = indexOf(name, i + 1)) {
      for (String element : fields.get(i).value().split(",", -1)) {
        if (element.strip().equalsIgnoreCase(token)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Sets a field, replacing all that it had.
   *
   * @return these headers
   * @throws IllegalArgumentException if the name or the value is malformed
   * @throws IllegalStateException if these headers are fixed
   */
  public Headers set(String name, String value) {
    checkOpen(name);
    check(name, value);
    int index = indexOf(name, 0);
    if (index < 0) {
      fields.add(new Field(name, value));
    } else {
      fields.set(index, new Field(name, value));
      for (int i = indexOf(name, index + 1); i >= 0; i = indexOf(name, i)) {
        fields.remove(i);
      }
    }
    return this;
  }

  /** Sets a field unless it is there already; otherwise as {@link #set}. */
  public Headers setIfAbsent(String name, String value) {
    return contains(name) ? this : set(name, value);
  }

  /**
   * Adds a field line after those that it has.
   *
   * @return these headers
   * @throws IllegalArgumentException if the name or the value is malformed
   * @throws IllegalStateException if these headers are fixed
   */
  public Headers add(String name, String value) {
    checkOpen(name);
    check(name, value);
    if (name.equalsIgnoreCase("Content-Length") && contains(name)) {
      throw new IllegalArgumentException("a second Content-Length: " + value);
    }
    fields.add(new Field(name, value));
    return this;
  }

  /**
   * Removes a field with all its values.
   *
   * @return these headers
   * @throws IllegalStateException if these headers are fixed
   */
  public Headers remove(String name) {
    checkOpen(name);
    for (int i = indexOf(name, 0); i >= 0; i = indexOf(name, i)) {
      fields.remove(i);
    }
    return this;
  }

  /**
   * Removes all fields.
   *
   * @return these headers
   * @throws IllegalStateException if these headers are fixed
   */
  public Headers clear() {
    checkOpen("the headers");
    fields.clear();
    return this;
  }

  /** How many field lines there are. */
  public int size() {
    return fields.size();
  }

  /** Calls an action with every name and value, in order. */
  public void forEach(BiConsumer<String, String> action) {
    for (Field field : fields) {
      action.accept(field.name(), field.value());
    }
  }

  /** The field lines in their order; it does not remove. */
  @Override
  public Iterator<Field> iterator() {
    return List.copyOf(fields).iterator();
  }

  /**
   * Fixes these headers: changes then throw.
   *
   * @param because what the exception says after the field's name
   * @return these headers
   */
  public Headers fix(String because) {
    fixedBecause = because;
    return this;
  }

  /** Undoes {@link #fix}: for a wrapper that adds what it only knows at the end. */
  Headers unfix() {
    fixedBecause = null;
    return this;
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }

  /**
   * Checks that a text can be the name of a field.
   *
   * @throws IllegalArgumentException if it is not a token
   */
  public static void checkName(String name) {
    FieldSyntax.checkName(name);
  }

  private int indexOf(String name, int from) {
    for (int i = from; i < fields.size(); i++) {
      String there = fields.get(i).name();
      if (there.length() == name.length() && there.equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  private void checkOpen(String name) {
    if (fixedBecause != null) {
      throw new IllegalStateException("cannot change " + name + ": " + fixedBecause);
    }
  }

  private static void check(String name, String value) {
    FieldSyntax.checkName(name);
    FieldSyntax.checkValue(name, value);
  }
}
