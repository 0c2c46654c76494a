package dev.sluice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A path pattern of a {@link Router}, taken apart; text in, text out. */
final class PathPattern {
  /** Literals before parameters before rests, segment by segment: the most specific comes first. */
  static final Comparator<PathPattern> MOST_SPECIFIC_FIRST = PathPattern::compareSpecificity;

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private sealed interface Segment {
    record Literal(String text) implements Segment {}

    record Parameter(String name) implements Segment {}

    record Rest(String name) implements Segment {}
  }

  private final String text;
  private final List<Segment> segments;

  private PathPattern(String text, List<Segment> segments) {
    this.text = text;
    this.segments = segments;
  }

  /**
   * Parses a pattern.
   *
   * @throws IllegalArgumentException if it is malformed; the message quotes it
   */
  static PathPattern parse(String text) {
    if (!text.startsWith("/")) {
      throw malformed(text, "it does not begin with /");
    }
    String[] parts = text.substring(1).split("/", -1);
    List<Segment> segments = new ArrayList<>(parts.length);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < parts.length; i++) {
      Segment segment = parseSegment(text, parts[i], i == parts.length - 1);
      String name =
          switch (segment) {
            case Segment.Literal _ -> null;
            case Segment.Parameter(String parameter) -> parameter;
            case Segment.Rest(String rest) -> rest;
          };
      if (name != null && names.contains(name)) {
        throw malformed(text, "{" + name + "} is there twice");
      }
      if (name != null) {
        names.add(name);
      }
      segments.add(segment);
    }
    return new PathPattern(text, List.copyOf(segments));
  }

  private static Segment parseSegment(String pattern, String part, boolean last) {
    boolean braced = part.startsWith("{") && part.endsWith("}");
    if (!braced) {
      if (part.isEmpty() && !last) {
        throw malformed(pattern, "a segment is empty");
      }
      if (part.matches(".*[{}?#%].*")) {
        throw malformed(pattern, "a segment is plain text or one {name}: " + part);
      }
      return new Segment.Literal(part);
    }
    boolean rest = part.endsWith("...}");
    String name = part.substring(1, part.length() - (rest ? 4 : 1));
    if (!NAME.matcher(name).matches()) {
      throw malformed(pattern, "not a parameter's name: " + part);
    }
    if (rest && !last) {
      throw malformed(pattern, part + " is not at the end");
    }
    return rest ? new Segment.Rest(name) : new Segment.Parameter(name);
  }

  private static IllegalArgumentException malformed(String pattern, String why) {
    return new IllegalArgumentException(
        "malformed pattern " + FieldSyntax.quote(pattern) + ": " + why);
  }

  /**
   * Takes a path's parameters.
   *
   * @param path its segments, decoded
   * @return null if it does not match
   */
  @Nullable Map<String, String> match(List<String> path) {
    if (!begins(path)) {
      return null;
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < segments.size(); i++) {
      if (i >= path.size()) {
        return null;
      }
      String actual = path.get(i);
      switch (segments.get(i)) {
        case Segment.Literal(String literal) -> {
          if (!literal.equals(actual)) {
            return null;
          }
        }
        case Segment.Parameter(String name) -> {
          if (actual.isEmpty()) {
            return null;
          }
          parameters.put(name, actual);
        }
        case Segment.Rest(String name) -> {
          parameters.put(name, String.join("/", path.subList(i, path.size())));
          return parameters;
        }
      }
    }
    return path.size() == segments.size() ? parameters : null;
  }

  /** Most patterns do not match, which their first segment tells. */
  private boolean begins(List<String> path) {
    return !path.isEmpty()
        && (!(segments.getFirst() instanceof Segment.Literal(String first))
            || first.equals(path.getFirst()));
  }

  /** Whether both match the same paths. */
  boolean matchesAs(PathPattern other) {
    return compareSpecificity(this, other) == 0;
  }

  @Override
  public String toString() {
    return text;
  }

  private static int compareSpecificity(PathPattern left, PathPattern right) {
    int common = Math.min(left.segments.size(), right.segments.size());
    for (int i = 0; i < common; i++) {
      int order = compare(left.segments.get(i), right.segments.get(i));
      if (order != 0) {
        return order;
      }
    }
    return right.segments.size() - left.segments.size();
  }

  private static int compare(Segment left, Segment right) {
    if (left instanceof Segment.Literal(String a) && right instanceof Segment.Literal(String b)) {
      return a.compareTo(b);
    }
    return rank(left) - rank(right);
  }

  private static int rank(Segment segment) {
    return switch (segment) {
      case Segment.Literal _ -> 0;
      case Segment.Parameter _ -> 1;
      case Segment.Rest _ -> 2;
    };
  }
}
