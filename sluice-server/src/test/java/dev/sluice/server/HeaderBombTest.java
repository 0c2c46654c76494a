package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_HEADERS;
import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Heads of requests that are larger than they look, or just large. */
final class HeaderBombTest extends AttackFixture {
  private static final int KEPT_MEBIBYTES_MAX = 8;

  /** What is in the block, of which each is far beyond {@link Limits}. */
  enum Bomb {
    MANY_FIELDS {
      @Override
      HeaderBlock block() {
        HeaderBlock block = HeaderBlock.get("/");
        for (int i = 0; i < 50_000; i++) {
          block.field("x-" + i, "");
        }
        return block;
      }
    },
    LARGE_FIELD {
      @Override
      HeaderBlock block() {
        return HeaderBlock.get("/").field("x-large", "x".repeat(1_000_000));
      }
    },
    LARGE_PATH {
      @Override
      HeaderBlock block() {
        return HeaderBlock.get("/" + "x".repeat(1_000_000));
      }
    },
    /** A field that the receiver remembers, and then one byte for each time. */
    REFERENCES {
      @Override
      HeaderBlock block() {
        HeaderBlock block = HeaderBlock.get("/").remembered("x-large", "x".repeat(3_900));
        for (int i = 0; i < 60_000; i++) {
          block.indexed(62);
        }
        return block;
      }
    },
    COOKIES {
      @Override
      HeaderBlock block() {
        HeaderBlock block = HeaderBlock.get("/").remembered("cookie", "x".repeat(3_900));
        for (int i = 0; i < 60_000; i++) {
          block.indexed(62);
        }
        return block;
      }
    };

    abstract HeaderBlock block();
  }

  /** A block in as many frames as it needs. */
  private static Http2Frame[] frames(int stream, HeaderBlock block) {
    byte[] bytes = block.bytes();
    List<Http2Frame> frames = new ArrayList<>();
    for (int from = 0; from < bytes.length; from += Http2Frame.PAYLOAD_BYTES_MAX) {
      int to = Math.min(bytes.length, from + Http2Frame.PAYLOAD_BYTES_MAX);
      frames.add(
          new Http2Frame(
              from == 0 ? Http2Frame.HEADERS : Http2Frame.CONTINUATION,
              (from == 0 ? END_STREAM : 0) | (to == bytes.length ? END_HEADERS : 0),
              stream,
              Arrays.copyOfRange(bytes, from, to)));
    }
    return frames.toArray(Http2Frame[]::new);
  }

  @ParameterizedTest
  @EnumSource
  void a_bomb_starts_no_handler_and_keeps_no_memory(Bomb bomb) throws Exception {
    serve((request, response) -> response.write("hello"));
    HeaderBlock block = bomb.block();
    Attacker attacker = attack().flood(20, i -> frames(2 * i + 1, block)).awaitFlooded();
    attacker.awaitSeen();
    assertBounded("header bomb, " + bomb, attacker, KEPT_MEBIBYTES_MAX);
    assertEquals(0, started());
    assertTrue(
        attacker.ended() || attacker.received(Http2Frame.HEADERS) > 0 || attacker.resetError() >= 0,
        "no answer");
  }

  /** What a decoder of fields must not be led to do. */
  enum Malformed {
    INDEX_OF_NOTHING("ff40"),
    INDEX_0("80"),
    ENDLESS_INTEGER("ffffffffffffffffffff01"),
    LENGTH_BEYOND_THE_BLOCK("007fffff7f"),
    TABLE_BEYOND_THE_LIMIT("3fffffff07"),
    HUFFMAN_PADDING("0081ff81ff");

    private final String bytes;

    Malformed(String bytes) {
      this.bytes = bytes;
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_block_that_cannot_be_decoded_ends_the_connection(Malformed how) throws Exception {
    serve((request, response) -> response.write("hello"));
    Attacker attacker =
        attack()
            .send(
                Http2Frame.headers(
                    1, END_STREAM, new HeaderBlock().raw(HexFormat.of().parseHex(how.bytes))));
    attacker.awaitEnd();
    assertEquals(Http2Frame.COMPRESSION_ERROR, attacker.goAwayError());
    assertEquals(0, started());
    assertOthersAreServed();
  }

  @Test
  void a_bomb_as_trailers_keeps_no_memory() throws Exception {
    serve((request, response) -> request.body().readAllBytes());
    HeaderBlock trailers = new HeaderBlock().remembered("x-large", "x".repeat(3_900));
    for (int i = 0; i < 10_000; i++) {
      trailers.indexed(62);
    }
    Attacker attacker = attack();
    attacker.send(Http2Frame.headers(1, 0, HeaderBlock.request("POST", "http", "/")));
    attacker.send(Http2Frame.headers(1, END_STREAM, trailers));
    attacker.awaitSeen();
    assertBounded("bomb as trailers", attacker, KEPT_MEBIBYTES_MAX);
    attacker.close();
    server.awaitHandlers();
  }

  /** A larger table than the default would be memory that a client can have for nothing. */
  @Test
  void a_client_that_wants_a_large_table_gets_none() throws Exception {
    serve((request, response) -> response.header("X-Large", "x".repeat(1_000)).write("hello"));
    Attacker attacker = attack(Http2Frame.HEADER_TABLE_SIZE, Integer.MAX_VALUE);
    HeaderBlock get = HeaderBlock.get("/");
    attacker
        .flood(200, i -> new Http2Frame[] {Http2Frame.headers(2 * i + 1, END_STREAM, get)})
        .awaitFlooded()
        .awaitSeen();
    assertBounded("large table", attacker, KEPT_MEBIBYTES_MAX);
  }
}
