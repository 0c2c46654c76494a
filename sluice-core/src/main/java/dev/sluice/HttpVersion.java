package dev.sluice;

/** A version of HTTP, as a request named it. */
public enum HttpVersion {
  /** RFC 1945: no chunks, no trailers, no interim responses; one request per connection. */
  HTTP_1_0("HTTP/1.0"),
  /** RFC 9112. */
  HTTP_1_1("HTTP/1.1"),
  /** RFC 9113. */
  HTTP_2("HTTP/2");

  private final String text;

  HttpVersion(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
