package dev.sluice.streams;

/** What the bytes of a journal are to a reader (Durable Streams, section 9). */
enum ContentMode {
  /** Messages, one a line: {@link JsonMessages}. */
  JSON,
  /** Text in UTF-8. */
  TEXT,
  /** Anything. */
  BINARY;

  static ContentMode of(String contentType) {
    if (JsonMessages.are(contentType)) {
      return JSON;
    }
    return contentType.strip().regionMatches(true, 0, "text/", 0, 5) ? TEXT : BINARY;
  }
}
