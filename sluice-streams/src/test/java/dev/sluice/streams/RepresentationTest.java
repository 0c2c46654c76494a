package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RepresentationTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          */*                                                        | RAW
          text/html                                                  | HTML
          TEXT/HTML ; charset=utf-8                                  | HTML
          text/event-stream                                          | SSE
          application/x-ndjson                                       | NDJSON
          text/plain                                                 | RAW
          text/*                                                     | RAW
          application/json                                           | RAW
          text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | HTML
          application/json, text/plain, */*                          | RAW
          text/event-stream, */*                                     | SSE
          */*, text/event-stream                                     | SSE
          text/plain, text/html                                      | HTML
          text/html;q=0.5, text/plain                                | RAW
          text/html;q=0.5, text/event-stream;q=0.9                   | SSE
          text/event-stream;q=0.9, text/html;q=0.5                   | SSE
          text/event-stream, text/html                               | SSE
          text/html;q=0, */*;q=0.1                                   | RAW
          text/html;q=0                                              | RAW
          text/html;level=1;q=0.2, application/x-ndjson; Q=0.3       | NDJSON
          text/html;q=2                                              | RAW
          text/html;q=, text/event-stream;q=0.001                    | SSE
          ,, ;q=1 ,                                                  | RAW
          text/htmlx                                                 | RAW
          """)
  void what_is_wanted_most_is_sent(String accept, Representation expected) {
    assertEquals(expected, Representation.byAccept(List.of(accept)));
  }

  @Test
  void several_fields_are_one_list_and_none_means_raw() {
    assertEquals(
        Representation.SSE, Representation.byAccept(List.of("*/*;q=0.1", "text/event-stream")));
    assertEquals(Representation.RAW, Representation.byAccept(List.of()));
  }
}
