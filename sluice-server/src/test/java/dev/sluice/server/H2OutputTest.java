package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The output of a connection of HTTP/2, with threads that put frames in while one writes. */
final class H2OutputTest {
  private static final byte[] LARGE = new byte[H2Output.PAYLOAD_BYTES_MAX];

  @RegisterExtension final TestServer server = new TestServer();

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger told = new AtomicInteger();
  private HeldConnection held;
  private HeldOutlet outlet;
  private H2Output output;

  @BeforeEach
  void connect() throws Exception {
    server.closeAfter(threads);
    held = server.closeAfter(HeldConnection.mute(server.start((request, response) -> {})));
    outlet = held.outlet();
    output = new H2Output(held.channel(), told::incrementAndGet);
  }

  @AfterEach
  void let_all_go() {
    outlet.letAllGo();
  }

  /** Puts a frame in; whether there was room. */
  private boolean put(int stream, byte[] payload) throws IOException {
    output.lock();
    try {
      ByteBuffer room = output.room(payload.length);
      if (room != null) {
        H2Outlet.putFrameHead(room, payload.length, (byte) Http2Frame.DATA, 0, stream);
        room.put(payload);
      }
      return room != null;
    } finally {
      output.unlock();
    }
  }

  private void send() throws IOException {
    output.lock();
    try {
      output.send();
    } finally {
      output.unlock();
    }
  }

  /** Puts a frame in and sends it, or leaves it to who is sending. */
  private void send(int stream, String text) throws IOException {
    assertTrue(put(stream, text.getBytes(StandardCharsets.US_ASCII)));
    send();
  }

  private Future<?> sendElsewhere(int stream, String text) {
    return threads.submit(() -> {
      send(stream, text);
      return true;
    });
  }

  private void assertComes(int stream, String text) throws IOException {
    Http2Frame frame = held.client().read();
    assertNotNull(frame);
    String came = new String(frame.payload(), StandardCharsets.US_ASCII);
    assertEquals(stream + " " + text, frame.stream() + " " + came);
  }

  private static void await(Future<?> other) throws Exception {
    other.get(60, TimeUnit.SECONDS);
  }

  @Test
  void what_is_put_while_one_writes_goes_behind_it_in_order_and_at_once() throws Exception {
    outlet.hold();
    Future<?> first = sendElsewhere(1, "first");
    outlet.awaitHeld();
    send(3, "second");
    send(5, "third");
    assertFalse(output.drained());
    outlet.letAllGo();
    await(first);
    assertComes(1, "first");
    assertComes(3, "second");
    assertComes(5, "third");
    assertEquals(2, outlet.writes());
    assertTrue(output.drained());
  }

  @Test
  void who_finds_no_room_while_one_writes_is_told_when_that_is_over() throws Exception {
    outlet.hold();
    Future<?> first = sendElsewhere(1, "first");
    outlet.awaitHeld();
    assertTrue(put(3, LARGE));
    assertTrue(put(3, LARGE));
    assertFalse(put(5, LARGE));
    assertTrue(output.isFull());
    assertFalse(output.brims(), "nobody can make room but who writes");
    held.awaitLoop();
    assertEquals(0, told.get());
    outlet.letAllGo();
    await(first);
    Await.until("it is told", () -> told.get() > 0);
    assertFalse(output.isFull());
    assertTrue(put(5, LARGE));
  }

  @Test
  void who_finds_no_room_and_nobody_writing_makes_it_himself() throws Exception {
    assertTrue(put(1, LARGE));
    assertTrue(put(1, LARGE));
    assertFalse(put(1, LARGE));
    assertTrue(output.brims());
    send();
    assertFalse(output.brims());
    assertTrue(put(1, LARGE));
  }

  /** A handler has better to do than to write for others for ever. */
  @Test
  void who_writes_for_others_does_so_a_few_times_and_the_loop_goes_on() throws Exception {
    outlet.hold();
    Future<?> first = sendElsewhere(1, "1");
    for (int i = 2; i <= 5; i++) {
      outlet.awaitHeld();
      send(2 * i - 1, "" + i);
      outlet.letGo();
    }
    await(first);
    outlet.letGo(); // that of the loop
    for (int i = 1; i <= 5; i++) {
      assertComes(2 * i - 1, "" + i);
    }
    assertEquals(5, outlet.writes());
  }

  /** Over TLS what the socket does not take is taken all the same, and waits there. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void what_the_socket_does_not_take_keeps_everyone_out_until_it_does(boolean secure)
      throws Exception {
    if (secure) {
      outlet.keepRest();
    }
    outlet.allow(5);
    send(1, "first");
    assertFalse(output.drained());
    assertTrue(output.isFull());
    assertFalse(put(3, LARGE));
    assertFalse(output.brims());
    Await.until("the output has asked", outlet::isAsked);
    outlet.allow(Long.MAX_VALUE);
    outlet.tellWritable();
    assertTrue(told.get() > 0);
    assertTrue(output.drained());
    send(3, "second");
    assertComes(1, "first");
    assertComes(3, "second");
  }

  /** The kernel says so late: when a third of a large buffer is free. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_retry_gives_the_socket_what_it_takes_before_it_says_that_it_does(boolean secure)
      throws Exception {
    if (secure) {
      outlet.keepRest();
    }
    outlet.allow(5);
    send(1, "first");
    for (int i = 0; i < 4; i++) {
      long before = output.moved();
      held.onLoop(output::retry);
      assertEquals(before, output.moved(), "it takes nothing");
      outlet.allow(1);
      held.onLoop(output::retry);
      assertTrue(output.moved() > before, "it takes a byte");
      assertTrue(output.isFull());
    }
    assertEquals(0, told.get());
    outlet.allow(Long.MAX_VALUE);
    held.onLoop(output::retry);
    assertTrue(told.get() > 0);
    assertFalse(output.isFull());
    assertTrue(output.drained());
    assertComes(1, "first");
  }

  /** A retry was faster than the kernel's word, which then comes while another one writes. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_word_that_comes_late_does_not_end_the_write_of_another(boolean secure) throws Exception {
    if (secure) {
      outlet.keepRest();
    }
    outlet.allow(5);
    send(1, "first");
    Await.until("the output has asked", outlet::isAsked);
    outlet.allow(Long.MAX_VALUE);
    held.onLoop(output::retry);
    outlet.hold();
    Future<?> second = sendElsewhere(3, "second");
    outlet.awaitHeld();
    outlet.tellWritable();
    assertFalse(output.drained());
    assertFalse(output.closeIfDrained());
    outlet.letAllGo();
    await(second);
    assertTrue(output.drained());
  }

  @Test
  void the_codec_comes_before_those_who_come_later() throws Exception {
    outlet.hold();
    Future<?> first = sendElsewhere(1, "first");
    outlet.awaitHeld();
    assertTrue(put(3, LARGE));
    assertTrue(put(3, LARGE));
    output.lock();
    try {
      assertNull(output.roomForCodec(0));
    } finally {
      output.unlock();
    }
    outlet.letGo();
    outlet.awaitHeld(); // the second buffer, and there is room behind it
    assertFalse(put(5, new byte[0]));
    output.lock();
    try {
      assertNotNull(output.roomForCodec(0));
    } finally {
      output.unlock();
    }
    assertTrue(put(5, new byte[0]));
    outlet.letAllGo();
    await(first);
  }

  @Test
  void it_is_not_closed_as_drained_while_one_writes() throws Exception {
    outlet.hold();
    Future<?> first = sendElsewhere(1, "first");
    outlet.awaitHeld();
    assertFalse(output.closeIfDrained());
    outlet.letAllGo();
    await(first);
    Await.until("it is told", () -> told.get() > 0);
    assertTrue(output.closeIfDrained());
    assertThrows(ClosedChannelException.class, () -> put(1, LARGE));
    assertComes(1, "first");
  }

  @Test
  void closing_does_not_wait_for_who_writes() throws Exception {
    outlet.hold();
    Future<?> first = sendElsewhere(1, "first");
    outlet.awaitHeld();
    send(3, "second");
    output.closed();
    assertThrows(ClosedChannelException.class, () -> put(5, LARGE));
    outlet.letAllGo();
    await(first);
    assertEquals(1, outlet.writes());
  }

  /** There must be no frame behind those that are missing. */
  @Test
  void whatever_fails_within_a_write_ends_it_all() throws Exception {
    var failure = new CompletableFuture<Throwable>();
    held.channel()
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                failure.complete(cause);
              }
            });
    outlet.hold();
    Future<?> first = sendElsewhere(1, "first");
    outlet.awaitHeld();
    send(3, "second");
    outlet.fail(new OutOfMemoryError("no memory for it"));
    outlet.letAllGo();
    Throwable thrown = assertThrows(ExecutionException.class, () -> await(first)).getCause();
    assertEquals(1, outlet.writes());
    assertThrows(ClosedChannelException.class, () -> put(5, LARGE));
    assertTrue(
        String.valueOf(failure.get(60, TimeUnit.SECONDS)).contains("no memory for it"),
        thrown::toString);
  }
}
