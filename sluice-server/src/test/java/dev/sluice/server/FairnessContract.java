package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.Response;
import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What handlers that never stop cost the others, there being no clock that interrupts them. */
abstract class FairnessContract extends Contract {
  private static final int BLOCK_BYTES = 64 * 1024;

  /** What a handler does without end. */
  enum Busy {
    FLUSHING("GET", 1, true),
    WRITING("GET", 1, false),
    HEAD("HEAD", 1, false),
    FLUSHING_HEAD("HEAD", 1, true);

    private final String method;
    private final int writeBytes;
    private final boolean flushes;

    Busy(String method, int writeBytes, boolean flushes) {
      this.method = method;
      this.writeBytes = writeBytes;
      this.flushes = flushes;
    }

    void goOn(Response response) throws IOException {
      byte[] bytes = new byte[writeBytes];
      response.flush(); // so that the client knows
      while (true) {
        response.write(bytes);
        if (flushes) {
          response.flush();
        }
      }
    }
  }

  FairnessContract(Transport transport) {
    super(transport);
  }

  @ParameterizedTest
  @EnumSource
  void handlers_that_go_on_for_ever_leave_time_for_one_more_request(Busy how) throws Exception {
    int busy = 2 * Runtime.getRuntime().availableProcessors();
    serve((request, response) -> {
      if (request.path().equals("/quick")) {
        response.write("quick");
        return;
      }
      response.interruptOnCancel(false);
      try {
        how.goOn(response);
      } catch (StreamClosedException e) {
        // The client has gone, at last.
      }
    });
    List<ContractExchange> streams = new ArrayList<>();
    List<Thread> readers = new ArrayList<>();
    try {
      for (int i = 0; i < busy; i++) {
        var exchange = connect().send(ContractRequest.of(how.method, "/busy"));
        streams.add(exchange);
        assertEquals(200, exchange.head().status());
        readers.add(Thread.ofPlatform().start(() -> readForEver(exchange)));
      }
      var client = connect();
      for (int i = 0; i < 5; i++) {
        assertEquals("quick", client.get("/quick").end().text());
      }
      assertEquals(busy, server.handlersRunning());
    } finally {
      for (ContractExchange stream : streams) {
        stream.cancel();
      }
      for (Thread reader : readers) {
        reader.join();
      }
    }
  }

  private static void readForEver(ContractExchange exchange) {
    byte[] bytes = new byte[BLOCK_BYTES];
    try {
      while (exchange.receive(bytes, 0, bytes.length) >= 0) {
        // Keeps up with the server, so that it need not wait.
      }
    } catch (IOException e) {
      // The test has ended it.
    }
  }
}
