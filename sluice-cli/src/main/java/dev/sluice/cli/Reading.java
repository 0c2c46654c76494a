package dev.sluice.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a stream of any server: asks for what there is, answer by answer, then follows what
 * comes, until the stream is closed (Durable Streams protocol, sections 5.6 to 5.8).
 *
 * <pre>
 *   catchUp ── up to date ──▶ follow: poll, poll, …   or   events, reconnect, events, …
 *      └────────────── closed, or all that was wanted ──────────────┴──▶ the end
 * </pre>
 *
 * <p>Thread safety: none.
 */
final class Reading {
  private static final int EVENT_BYTES_MAX = 96 * 1024 * 1024; // 64 MiB in base64, and more
  private static final long PAUSE_FIRST_MILLIS = 100;
  private static final long PAUSE_LAST_MILLIS = 1000;
  private static final int READ_BYTES = 64 * 1024;

  private enum Stop {
    /** The stream is closed. */
    CLOSED,
    /** There is no more now. */
    CAUGHT_UP,
    /** There may be more. */
    MORE,
    /** The connection was cut. */
    CUT,
    /** The server does not have what was asked for. */
    REFUSED
  }

  private final StreamReads reads;
  private final Delivery delivery;
  private final byte[] buffer = new byte[READ_BYTES];
  private boolean json;
  private String type = "";
  private long pauseMillis;

  /**
   * A new one.
   *
   * @param reads the stream
   * @param delivery where it is put
   */
  Reading(StreamReads reads, Delivery delivery) {
    this.reads = reads;
    this.delivery = delivery;
  }

  /**
   * Reads to where the stream ends when this is called.
   *
   * @param end the offset of that
   */
  void runTo(String end) throws CliException, OutputClosed, InterruptedException {
    Stop stop;
    do {
      stop = catchUp();
    } while (stop == Stop.MORE && delivery.offset().compareTo(end) < 0);
  }

  /**
   * Reads until the stream is closed.
   *
   * @param wanted how it is followed; null for what suits its type and its server
   */
  void run(@Nullable Live wanted) throws CliException, OutputClosed, InterruptedException {
    Stop stop = Stop.MORE;
    while (stop == Stop.MORE) {
      stop = catchUp();
    }
    Live live = wanted == null ? Live.suitedFor(type) : wanted;
    boolean works = false;
    while (stop != Stop.CLOSED) {
      long begin = System.nanoTime();
      stop = live == Live.SSE ? events() : poll(live);
      if (stop == Stop.REFUSED) {
        live = fallback(live, works || wanted != null);
      } else {
        works |= stop != Stop.CUT;
        pace(stop, System.nanoTime() - begin);
      }
    }
  }

  private Live fallback(Live live, boolean fixed) throws CliException {
    Live next = fixed ? null : live.fallback();
    if (next == null) {
      throw reads.refusal();
    }
    return next;
  }

  /** One answer of what there is. */
  private Stop catchUp() throws CliException, OutputClosed, InterruptedException {
    Answer answer = reads.get(delivery.offset());
    reads.check(answer);
    type = answer.header("Content-Type");
    json = MediaType.isJson(type);
    Stop stop = take(answer);
    if (stop == Stop.CUT) {
      reads.cut(delivery);
      return Stop.MORE;
    }
    boolean silent = !delivery.advanced() && stop == Stop.MORE;
    return silent ? Stop.CAUGHT_UP : stop;
  }

  /** One question for what comes. */
  private Stop poll(Live live) throws CliException, OutputClosed, InterruptedException {
    Answer answer =
        live == Live.POLL ? reads.get(delivery.offset()) : reads.live(live, delivery.offset());
    if (answer.status() == 204) {
      return take(answer);
    }
    if (live != Live.POLL && isRefusal(answer)) {
      return Stop.REFUSED;
    }
    reads.check(answer);
    return take(answer);
  }

  /** Takes an answer to its end. */
  private Stop take(Answer answer) throws CliException, OutputClosed, InterruptedException {
    delivery.begin();
    try (InputStream body = answer.body();
        var watch = reads.watch(body)) {
      try {
        if (json && answer.status() == 200) {
          Json.split(watch.listening(body), delivery::message);
        } else {
          copy(watch.listening(body));
        }
      } catch (JsonEOFException e) {
        return Stop.CUT; // by what did not tell how long it is
      } catch (JsonProcessingException e) {
        throw reads.failure("sends what is not JSON: " + Json.reason(e));
      }
      return watch.gone() ? Stop.CUT : reached(Control.of(answer));
    } catch (IOException e) {
      return Stop.CUT;
    }
  }

  private void copy(InputStream body) throws IOException, CliException, OutputClosed {
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      delivery.bytes(buffer, 0, count);
    }
  }

  private Stop reached(Control control) throws CliException {
    reads.reached(control, delivery);
    reads.fruitful();
    if (control.closed()) {
      return Stop.CLOSED;
    }
    return control.upToDate() ? Stop.CAUGHT_UP : Stop.MORE;
  }

  /** One answer of events, to its end. */
  private Stop events() throws CliException, OutputClosed, InterruptedException {
    Answer answer = reads.live(Live.SSE, delivery.offset());
    if (isRefusal(answer)) {
      return Stop.REFUSED;
    }
    reads.check(answer);
    boolean base64 = answer.header("Stream-SSE-Data-Encoding").equalsIgnoreCase("base64");
    boolean exact = base64 || json || MediaType.essence(type).startsWith("text/");
    try (InputStream body = answer.body();
        var watch = reads.watch(body)) {
      boolean events = MediaType.essence(answer.header("Content-Type")).equals("text/event-stream");
      return events && exact ? take(watch.listening(body), base64, watch) : Stop.REFUSED;
    } catch (JsonProcessingException e) {
      throw reads.failure("sends an event that is not JSON: " + Json.reason(e));
    } catch (IOException e) {
      return Stop.CUT;
    }
  }

  private Stop take(InputStream body, boolean base64, SilenceWatch watch)
      throws IOException, CliException, OutputClosed {
    var parser = new SseParser(EVENT_BYTES_MAX);
    delivery.begin();
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      for (SseEvent event : parser.feed(buffer, count)) {
        if (event.type().equals("data")) {
          deliver(event.data(), base64);
        } else if (event.type().equals("control")) {
          if (reached(Control.parse(event.data())) == Stop.CLOSED) {
            return Stop.CLOSED;
          }
        }
      }
    }
    return watch.gone() ? Stop.CUT : Stop.MORE;
  }

  private void deliver(byte[] data, boolean base64) throws IOException, CliException, OutputClosed {
    if (json) {
      Json.split(new ByteArrayInputStream(data), delivery::message);
      return;
    }
    byte[] bytes = base64 ? decoded(data) : data;
    delivery.bytes(bytes, 0, bytes.length);
  }

  private byte[] decoded(byte[] data) throws CliException {
    try {
      String text = new String(data, StandardCharsets.ISO_8859_1).replace("\n", "");
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw reads.failure("sends an event that is not base64");
    }
  }

  /** Whether it says that it cannot answer so; an offset that is wrong is told by catching up. */
  private static boolean isRefusal(Answer answer) {
    return switch (answer.status()) {
      case 400, 405, 406, 501 -> true;
      default -> false;
    };
  }

  /** Does not ask again at once when there is nothing at once. */
  private void pace(Stop stop, long nanos) throws CliException, InterruptedException {
    if (stop == Stop.CUT) {
      reads.cut(delivery);
    } else if (delivery.advanced()) {
      pauseMillis = 0;
    } else if (stop != Stop.CLOSED && TimeUnit.NANOSECONDS.toMillis(nanos) < PAUSE_LAST_MILLIS) {
      pauseMillis = Math.clamp(2 * pauseMillis, PAUSE_FIRST_MILLIS, PAUSE_LAST_MILLIS);
      TimeUnit.MILLISECONDS.sleep(pauseMillis);
    }
  }
}
