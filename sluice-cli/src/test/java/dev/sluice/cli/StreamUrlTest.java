package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a URL tells by itself. */
final class StreamUrlTest {

  @ParameterizedTest
  @CsvSource({
    "http://h/a, false, http://h/v1/stream/a",
    "http://h:1/a/b, false, http://h:1/v1/stream/a/b",
    "http://h/a%20b, false,",
    "http://h/a//b, false,",
    "http://h/v1/stream/a, true,",
    "http://h/v1/stream/a%20b, true,",
    "https://h/x?token=z, true,",
  })
  void it_is_a_streams_own_or_may_be_short_for_one(String text, boolean own, String meant) {
    StreamUrl url = new StreamUrl.Converter().convert(text);
    assertEquals(text, url.toString());
    assertEquals(own, url.isOwn());
    assertEquals(meant, url.meant() == null ? null : url.meant().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "http://h, http://h/",
    "http://h/, http://h/",
    "http://h?token=z, http://h/?token=z",
  })
  void a_server_has_a_path_as_well(String text, String same) {
    assertEquals(same, new StreamUrl.OnlyOneConverter().convert(text).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "http://h/a, http://h/a?live=sse&offset=a%26b",
    "http://h/a?token=z%2F, http://h/a?token=z%2F&live=sse&offset=a%26b",
  })
  void a_query_is_kept_and_more_is_added(String text, String more) {
    URI with = StreamUrl.with(URI.create(text), "live", "sse", "offset", "a&b");
    assertEquals(URI.create(more), with);
  }
}
