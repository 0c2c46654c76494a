package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Appends records that are counted from 0, each with a text that its number gives, to a journal. It
 * sends an append until it knows that it is in. {@code conformance/resuming/records.mjs} reads
 * them.
 *
 * <p>The journal's name says what they are: {@code json}, some in each append; {@code text}, lines
 * that are cut anywhere between two characters; {@code cut}, text that is cut anywhere; {@code
 * binary}, likewise.
 *
 * <p>Thread safety: none.
 */
final class CountingProducer {
  private static final List<String> LETTERS = List.of("a", "é", "€", "😀");

  private final String kind;
  private final Random random;

  /** How many records were made, and what of them is in no append yet. */
  private int made;

  private byte[] rest = {};

  /** The append that is sent until it is in, and its number. */
  private byte[] next;

  private int sequence;

  /** How many records are in, and how many will be with the next append. */
  private int records;

  private int recordsWithNext;

  /** One that begins. */
  CountingProducer(String kind, long seed) {
    this.kind = kind;
    this.random = new Random(seed);
    this.next = prepare();
  }

  String kind() {
    return kind;
  }

  /** How many records are known to be in the journal as a whole. */
  int records() {
    return records;
  }

  /** Creates the journal. */
  void create(ServeProcess server) throws IOException, InterruptedException {
    assertIn(201, answer(server, request(server).PUT(BodyPublishers.noBody())));
  }

  /** Appends what is next. If that fails, it is not known whether it is in. */
  void append(ServeProcess server) throws IOException, InterruptedException {
    send(server, post(server));
    next = prepare();
  }

  /** Appends all that was made, and closes the journal. */
  void close(ServeProcess server) throws IOException, InterruptedException {
    send(server, post(server));
    next = prepareAll();
    send(server, post(server).header("Stream-Closed", "true"));
  }

  private void send(ServeProcess server, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    assertIn(200, answer(server, request));
    records = recordsWithNext;
    sequence++;
  }

  private static HttpResponse<String> answer(ServeProcess server, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return server.client().send(request.build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder post(ServeProcess server) {
    return request(server)
        .header("Producer-Id", "producer")
        .header("Producer-Epoch", "0")
        .header("Producer-Seq", Integer.toString(sequence))
        .POST(BodyPublishers.ofByteArray(next));
  }

  private HttpRequest.Builder request(ServeProcess server) {
    String type =
        switch (kind) {
          case "json" -> "application/json";
          case "text", "cut" -> "text/plain";
          default -> "application/octet-stream";
        };
    return HttpRequest.newBuilder(server.url().resolve("/v1/stream/" + kind))
        .header("Content-Type", type);
  }

  /** It is in now, or was already. */
  private void assertIn(int status, HttpResponse<String> response) {
    assertTrue(
        response.statusCode() == status || response.statusCode() == 204,
        () -> kind + ": " + response + ": " + response.body());
  }

  private byte[] prepare() {
    if (kind.equals("json")) {
      return json(random.nextInt(1, 4));
    }
    int size = random.nextInt(1, 600);
    while (rest.length < size) {
      addLine();
    }
    return take(size);
  }

  private byte[] prepareAll() {
    if (kind.equals("json")) {
      return json(1);
    }
    addLine();
    return take(rest.length);
  }

  private byte[] json(int count) {
    recordsWithNext += count;
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"number\": %d, \"text\": \"%s\"}".formatted(made, textOf(made++)))
        .collect(Collectors.joining(", ", "[", "]"))
        .getBytes(UTF_8);
  }

  private void addLine() {
    byte[] line = "%d %s\n".formatted(made, textOf(made++)).getBytes(UTF_8);
    byte[] both = Arrays.copyOf(rest, rest.length + line.length);
    System.arraycopy(line, 0, both, rest.length, line.length);
    rest = both;
  }

  private byte[] take(int sizeMin) {
    int size = sizeMin;
    while (kind.equals("text") && size < rest.length && isWithinCharacter(rest[size])) {
      size++;
    }
    byte[] taken = Arrays.copyOf(rest, size);
    rest = Arrays.copyOfRange(rest, size, rest.length);
    for (byte b : taken) {
      recordsWithNext += b == '\n' ? 1 : 0;
    }
    return taken;
  }

  private static boolean isWithinCharacter(byte utf8) {
    return (utf8 & 0xc0) == 0x80;
  }

  private static String textOf(int number) {
    return LETTERS.get(number % LETTERS.size()).repeat(number * 31 % 200);
  }
}
