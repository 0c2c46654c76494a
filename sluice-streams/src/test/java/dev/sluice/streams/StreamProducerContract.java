package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Appends that happen once, however often they are sent. */
abstract class StreamProducerContract extends StreamFixture {
  @BeforeEach
  void create() throws IOException {
    assertEquals(201, put("a", TEXT, "").status());
  }

  @Test
  void new_data_is_200_and_the_same_again_204() throws IOException {
    for (int i = 0; i < 3; i++) {
      Answer fresh = send("p", 0, i, "x");
      assertEquals(200, fresh.status());
      assertEquals("0", fresh.field("Producer-Epoch"));
      assertEquals(Integer.toString(i), fresh.field("Producer-Seq"));
      assertEquals(offset(i + 1), fresh.field("Stream-Next-Offset"));
    }
    for (int i = 0; i < 3; i++) {
      Answer again = send("p", 0, i, "x");
      assertEquals(204, again.status());
      assertEquals("0", again.field("Producer-Epoch"));
      assertEquals("2", again.field("Producer-Seq"));
      assertEquals(offset(3), again.field("Stream-Next-Offset"));
    }
    assertEquals(3, tail("a"));
  }

  @Test
  void a_gap_names_what_is_expected() throws IOException {
    assertGap(send("p", 0, 1, "x"), 0, 1);
    send("p", 0, 0, "x");
    assertGap(send("p", 0, 2, "x"), 1, 2);
    assertGap(send("p", 0, 9_007_199_254_740_991L, "x"), 1, 9_007_199_254_740_991L);
    assertEquals(200, send("p", 0, 1, "x").status());
    assertEquals(2, tail("a"));
  }

  private static void assertGap(Answer gap, long expected, long received) {
    assertEquals(409, gap.status());
    assertEquals(Long.toString(expected), gap.field("Producer-Expected-Seq"));
    assertEquals(Long.toString(received), gap.field("Producer-Received-Seq"));
    assertNull(gap.field("Stream-Closed"));
  }

  @Test
  void a_later_life_fences_off_the_earlier_one() throws IOException {
    send("p", 3, 0, "x");
    assertEquals(400, send("p", 4, 1, "y").status());
    assertEquals(200, send("p", 5, 0, "y").status());
    Answer zombie = send("p", 3, 1, "z");
    assertEquals(403, zombie.status());
    assertEquals("5", zombie.field("Producer-Epoch"));
    assertEquals(200, send("q", 0, 0, "q").status());
    assertEquals(3, tail("a"));
  }

  @Test
  void the_append_that_closed_it_may_come_again_and_no_other() throws IOException {
    send("p", 0, 0, "x");
    for (int status : new int[] {200, 204}) {
      Answer closed = post("a", TEXT + producer("p", 0, 1) + "Stream-Closed: true\r\n", "y");
      assertEquals(status, closed.status());
      assertEquals("true", closed.field("Stream-Closed"));
      assertEquals("1", closed.field("Producer-Seq"));
      assertEquals(offset(2), closed.field("Stream-Next-Offset"));
    }
    for (long sequence : new long[] {0, 2}) {
      Answer late = post("a", TEXT + producer("p", 0, sequence) + "Stream-Closed: true\r\n", "y");
      assertEquals(409, late.status());
      assertEquals("true", late.field("Stream-Closed"));
    }
    assertEquals(409, post("a", producer("q", 0, 0) + "Stream-Closed: true\r\n", "").status());
    assertEquals(2, tail("a"));
  }

  @Test
  void a_close_without_data_is_counted_too() throws IOException {
    for (int time = 0; time < 2; time++) {
      Answer closed = post("a", producer("p", 0, 0) + "Stream-Closed: true\r\n", "");
      assertEquals(204, closed.status());
      assertEquals("0", closed.field("Producer-Seq"));
      assertEquals("true", closed.field("Stream-Closed"));
      assertEquals(ZERO, closed.field("Stream-Next-Offset"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Producer-Id: p",
        "Producer-Epoch: 0",
        "Producer-Seq: 0",
        "Producer-Id: p|Producer-Epoch: 0",
        "Producer-Epoch: 0|Producer-Seq: 0",
        "Producer-Id: |Producer-Epoch: 0|Producer-Seq: 0",
        "Producer-Id: p|Producer-Epoch: -1|Producer-Seq: 0",
        "Producer-Id: p|Producer-Epoch: 0|Producer-Seq: +0",
        "Producer-Id: p|Producer-Epoch: 0x1|Producer-Seq: 0",
        "Producer-Id: p|Producer-Epoch: 0|Producer-Seq: 1.0",
        "Producer-Id: p|Producer-Epoch: 0|Producer-Seq: ",
        "Producer-Id: p|Producer-Epoch: 9007199254740992|Producer-Seq: 0",
        "Producer-Id: p|Producer-Epoch: 0|Producer-Seq: 99999999999999999999",
        "Producer-Id: p|Producer-Id: q|Producer-Epoch: 0|Producer-Seq: 0"
      })
  void half_a_producer_or_a_malformed_one_is_refused(String fields) throws IOException {
    Answer refused = post("a", TEXT + fields.replace("|", "\r\n") + "\r\n", "x");
    assertEquals(400, refused.status());
    assertTrue(refused.body().startsWith("Producer-"), refused.body());
    assertEquals(0, tail("a"));
  }

  @Test
  void an_id_may_be_long_and_not_longer() throws IOException {
    assertEquals(200, send("i".repeat(255), 0, 0, "x").status());
    assertEquals(400, send("i".repeat(256), 0, 0, "x").status());
  }

  @Test
  void one_producer_too_many_is_refused_and_those_that_are_known_go_on() throws IOException {
    for (String id : List.of("p", "q", "r")) {
      assertEquals(200, send(id, 0, 0, "x").status());
    }
    Answer refused = send("s", 0, 0, "x");
    assertEquals(507, refused.status());
    assertTrue(refused.body().contains("producers"), refused.body());
    assertEquals(200, send("p", 0, 1, "x").status());
    assertEquals(204, post("a", TEXT, "x").status());
  }

  @Test
  void producers_at_the_same_time_that_send_everything_twice_append_it_once() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (String id : List.of("p", "q", "r")) {
        all.add(
            threads.submit(() -> {
              for (int i = 0; i < 50; i++) {
                String line = id + i + "\n";
                assertEquals(200, send(id, 0, i, line).status());
                assertEquals(204, send(id, 0, i, line).status());
              }
              return null;
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    post("a", "Stream-Closed: true\r\n", "");
    List<String> lines = Arrays.asList(StreamContract.unchunked(read("a")).split("\n", -1));
    assertEquals(151, lines.size());
    for (String id : List.of("p", "q", "r")) {
      List<String> own = lines.stream().filter(line -> line.startsWith(id)).toList();
      for (int i = 0; i < 50; i++) {
        assertEquals(id + i, own.get(i));
      }
      assertEquals(50, own.size());
    }
  }

  private Answer send(String id, long epoch, long sequence, String body) throws IOException {
    return post("a", TEXT + producer(id, epoch, sequence), body);
  }

  private static String producer(String id, long epoch, long sequence) {
    return "Producer-Id: %s\r\nProducer-Epoch: %d\r\nProducer-Seq: %d\r\n"
        .formatted(id, epoch, sequence);
  }
}
