package dev.sluice.cli;

import dev.sluice.journal.Offset;
import dev.sluice.journal.ProducerSequence;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The requests that {@code append} and {@code cat} send, each of them once.
 *
 * <p>Thread safety: all methods.
 */
final class JournalClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private final JournalUrl url;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  JournalClient(JournalUrl url) {
    this.url = url;
  }

  /** Creates the journal, unless there is one. */
  Answer create(String type) throws IOException, InterruptedException {
    return whole(stream().header("Content-Type", type).PUT(BodyPublishers.noBody()));
  }

  /** Asks about it. */
  Answer head() throws IOException, InterruptedException {
    return whole(stream().HEAD());
  }

  /** Asks for what is at the server's root. */
  Answer root() throws IOException, InterruptedException {
    return whole(HttpRequest.newBuilder(URI.create(url + "?as=raw")).HEAD());
  }

  /** Appends bytes. */
  Answer append(byte[] bytes, String type, ProducerSequence once)
      throws IOException, InterruptedException {
    return whole(post(BodyPublishers.ofByteArray(bytes), once).header("Content-Type", type));
  }

  /** Closes it. */
  Answer close(ProducerSequence once) throws IOException, InterruptedException {
    return whole(post(BodyPublishers.noBody(), once).header("Stream-Closed", "true"));
  }

  /** Begins to follow it. */
  Answer follow(Offset from) throws IOException, InterruptedException {
    return Answer.open(send(HttpRequest.newBuilder(url.view(from))));
  }

  private HttpRequest.Builder stream() {
    return HttpRequest.newBuilder(url.stream());
  }

  private HttpRequest.Builder post(BodyPublisher body, ProducerSequence once) {
    return stream()
        .header("Producer-Id", once.id())
        .header("Producer-Epoch", Long.toString(once.epoch()))
        .header("Producer-Seq", Long.toString(once.sequence()))
        .POST(body);
  }

  private Answer whole(HttpRequest.Builder request) throws IOException, InterruptedException {
    return Answer.whole(send(request));
  }

  /** Waits for the head. (A timeout of the request may, in newer JDKs, be one of the body too.) */
  private HttpResponse<InputStream> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<InputStream>> answer =
        http.sendAsync(request.build(), BodyHandlers.ofInputStream());
    try {
      return answer.get(ANSWER_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("no answer");
    }
  }

  /** Why a request has not been answered, for people. */
  static String describe(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "unknown host";
      }
    }
    return switch (e) {
      case HttpTimeoutException _ -> "no answer";
      case ConnectException _ -> "nothing answers there";
      default -> "the connection was cut";
    };
  }

  /** Ends what is under way. */
  @Override
  public void close() {
    http.shutdownNow();
  }
}
