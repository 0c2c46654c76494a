package dev.sluice.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.Headers;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import java.util.List;

/**
 * A journal as items that {@link Lines} can check. Each begins with a line: what it is and two
 * numbers. A record's says where it ends and how long it is; its bytes follow.
 *
 * @param stride how many bytes of the journal become a frame
 */
record LineFollow(int stride) implements Encoding {
  static final LineFollow LINES = new LineFollow(4096);

  @Override
  public String type() {
    return "application/x-lines";
  }

  @Override
  public List<String> trailerNames() {
    return List.of("X-Status");
  }

  @Override
  public byte[] opening(Journal journal) {
    return line("open", 0, 0);
  }

  @Override
  public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
    long end = Math.min(to, from + stride);
    boolean kept =
        journal.read(
            from,
            end,
            (kind, micros, after, bytes, offset, length) ->
                frame
                    .put(line(kind.toString(), after, length))
                    .put(bytes, offset, length)
                    .put('\n'));
    return kept ? end : -1;
  }

  @Override
  public byte[] gap(long from, long to) {
    return line("gap", from, to);
  }

  @Override
  public byte[] ending(Journal journal, Ending ending) {
    return line("end", journal.tail().position(), 0);
  }

  @Override
  public Headers trailers(Ending ending) {
    return ending.status() == null
        ? new Headers()
        : Headers.of("X-Status", String.valueOf(ending.status()));
  }

  @Override
  public byte[] heartbeat() {
    return line("beat", 0, 0);
  }

  private static byte[] line(String what, long first, long second) {
    return "%s %d %d\n".formatted(what, first, second).getBytes(US_ASCII);
  }
}
