package dev.sluice.streams;

/** Where UTF-8 (RFC 3629) is valid, and where a sequence is cut; pure. */
final class Utf8 {
  private Utf8() {}

  /** Whether all of it is valid: no overlong forms, no surrogates, nothing cut. */
  static boolean isValid(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      if (bytes[i] >= 0) {
        i++;
        continue;
      }
      int length = sequenceAt(bytes, i, to);
      if (length <= 0) {
        return false;
      }
      i += length;
    }
    return true;
  }

  /** How many bytes at the beginning continue a sequence that began before it; at most 3. */
  static int head(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && i - from < 3 && isContinuation(bytes[i])) {
      i++;
    }
    return i - from;
  }

  /** How many bytes at the end begin a sequence that goes on behind it; at most 3. */
  static int tail(byte[] bytes, int from, int to) {
    for (int i = to - 1; i >= from && to - i <= 3; i--) {
      if (!isContinuation(bytes[i])) {
        return sequenceAt(bytes, i, to) == 0 ? to - i : 0;
      }
    }
    return 0;
  }

  /** How long the sequence at an index is; 0 if it is valid but cut, -1 if it is none. */
  static int sequenceAt(byte[] bytes, int index, int to) {
    int first = bytes[index] & 0xff;
    int length = first < 0x80 ? 1 : first < 0xc2 ? -1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length < 0 || first > 0xf4) {
      return -1;
    }
    int there = Math.min(length, to - index);
    for (int i = 1; i < there; i++) {
      if (!isContinuation(bytes[index + i])) {
        return -1;
      }
    }
    if (there > 1 && !isSecond(first, bytes[index + 1] & 0xff)) {
      return -1;
    }
    return there == length ? length : 0;
  }

  /** The second byte alone rules out overlong forms, surrogates and what is beyond U+10FFFF. */
  private static boolean isSecond(int first, int second) {
    return switch (first) {
      case 0xe0 -> second >= 0xa0;
      case 0xed -> second < 0xa0;
      case 0xf0 -> second >= 0x90;
      case 0xf4 -> second < 0x90;
      default -> true;
    };
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xc0) == 0x80;
  }
}
