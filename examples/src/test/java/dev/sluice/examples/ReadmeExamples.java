package dev.sluice.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.Connection;
import dev.sluice.Feature;
import dev.sluice.Filters;
import dev.sluice.FlushPolicy;
import dev.sluice.ForwardingResponse;
import dev.sluice.Handler;
import dev.sluice.Pump;
import dev.sluice.Response;
import dev.sluice.Router;
import dev.sluice.journal.Append;
import dev.sluice.journal.AppendResult;
import dev.sluice.journal.DataDirectory;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.Offset;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import dev.sluice.server.TlsOptions;
import dev.sluice.streams.Journals;
import dev.sluice.streams.StreamHandler;
import dev.sluice.streams.StreamOptions;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/**
 * The Java of README.md and of docs, but for {@link Ticks}. {@link ReadmeTest} compares the two and
 * runs what is here.
 */
class ReadmeExamples {

  // README.md

  static Handler forward(String... command) {
    return (request, response) -> {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      response.type("text/plain; charset=utf-8");
      Pump.from(process).flush(FlushPolicy.eachLine()).start(response);
    };
  }

  static Handler report(Callable<String> work) {
    return (request, response) -> {
      if (response.supports(Feature.FLUSH)) {
        response.write("working on it …\n");
        response.flush();
      }
      response.write(work.call());
    };
  }

  static Handler heldBack(Callable<String> work) {
    return Filters.buffered(report(work), 1024 * 1024);
  }

  static final Handler ECHO =
      (request, response) -> {
        response.status(101).header("Connection", "Upgrade").header("Upgrade", "echo");
        try (Connection connection = response.hijack()) {
          connection.in().transferTo(connection.out());
        }
      };

  @Test
  void the_client_is_told_before_the_work_begins() {
    TestExchange exchange = TestExchange.of(TestRequest.get("/report"));
    exchange.run(
        report(() -> {
          exchange.checkpoint("the work begins");
          return "42 rows\n";
        }));
    assertEquals("working on it …\n", exchange.flushedAt("the work begins"));
    assertEquals("working on it …\n42 rows\n", exchange.body());
  }

  // docs/streaming.md

  static final Handler UPPER_CASE =
      (request, response) -> {
        byte[] buffer = new byte[8 * 1024];
        for (int n = request.body().read(buffer); n >= 0; n = request.body().read(buffer)) {
          for (int i = 0; i < n; i++) {
            buffer[i] = (byte) Character.toUpperCase((char) buffer[i]);
          }
          response.write(buffer, 0, n);
          response.flush(); // the rest of the upload may not have been sent yet
        }
      };

  static final Handler PATIENT =
      (request, response) -> {
        response.progressDeadline(Duration.ofMinutes(5));
        response.interruptOnCancel(false);
        for (int i = 1; !request.cancelled().isSet(); i++) {
          response.write("tick " + i + "\n");
          response.flush();
          if (request.draining().await(Duration.ofMillis(100))) {
            response.write("the server stops; come back\n");
            return;
          }
        }
      };

  static Handler counted(LongAdder bytes, Handler handler) {
    final class Counted extends ForwardingResponse {
      Counted(Response response) {
        super(response);
      }

      @Override
      public void write(byte[] source, int offset, int length) throws IOException {
        super.write(source, offset, length);
        bytes.add(length);
      }

      @Override
      public void write(ByteBuffer source) throws IOException {
        int length = source.remaining();
        super.write(source);
        bytes.add(length);
      }
    }
    return (request, response) -> handler.handle(request, new Counted(response));
  }

  // docs/journals.md

  static Offset keep(Path directory, String line) throws IOException {
    try (var store = DataDirectory.open(directory, JournalLimits.defaults())) {
      Journal journal = store.open("ci/main", JournalOptions.defaults()).journal();
      return switch (journal.append(Append.of(line.getBytes(UTF_8)))) {
        case AppendResult.Appended(Offset tail) -> tail;
        case AppendResult refused -> throw new IOException("not appended: " + refused);
      };
    }
  }

  // docs/durable-streams.md

  static Handler streams(JournalStore store) {
    var journals = new Journals(store);
    Router site = new StreamHandler(journals, StreamOptions.defaults()).addTo(new Router());
    return Filters.allowOrigins(Set.of("https://app.example"), site);
  }

  // docs/tls.md

  static Server secured(Path certificates, Path key, Handler handler) throws IOException {
    var tls = TlsOptions.of(certificates, key);
    return Server.start(ServerOptions.defaults().withPort(8443).withTls(tls), handler);
  }

  static final Handler WHO_ARE_YOU =
      (request, response) -> {
        X509Certificate own = request.clientCertificates().getFirst();
        response.write("hello, " + own.getSubjectX500Principal().getName() + "\n");
      };
}
