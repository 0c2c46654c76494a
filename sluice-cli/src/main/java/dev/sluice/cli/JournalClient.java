package dev.sluice.cli;

import dev.sluice.journal.ProducerSequence;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The requests that {@code append} and {@code cat} send, each of them once (Durable Streams
 * protocol, section 5). Reads follow redirects. Writes do not: a redirected POST may become a GET.
 *
 * <p>Thread safety: all methods.
 */
final class JournalClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient reads;
  private final HttpClient writes;

  /** One that trusts those that Java trusts. */
  JournalClient() {
    this(null);
  }

  /**
   * A new one.
   *
   * @param tls how connections are encrypted; null for what is usual in Java
   */
  JournalClient(@Nullable SSLContext tls) {
    this.reads = newClient(Redirect.NORMAL, tls);
    this.writes = newClient(Redirect.NEVER, tls);
  }

  private static HttpClient newClient(Redirect redirect, @Nullable SSLContext tls) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(redirect);
    return (tls == null ? builder : builder.sslContext(tls)).build();
  }

  /** Creates a stream, unless there is one. */
  Answer create(URI stream, String type) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(stream);
    return whole(begin(writes, request.header("Content-Type", type).PUT(BodyPublishers.noBody())));
  }

  /** Asks about something. Why a question is malformed, only an answer with a body tells. */
  Answer head(URI url) throws IOException, InterruptedException {
    Answer answer = whole(begin(reads, HttpRequest.newBuilder(url).HEAD()));
    return answer.status() == 400 ? get(url) : answer;
  }

  /** Appends bytes. */
  Answer append(URI stream, byte[] bytes, String type, ProducerSequence once)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = post(stream, BodyPublishers.ofByteArray(bytes), once);
    return whole(begin(writes, request.header("Content-Type", type)));
  }

  /** Closes it. */
  Answer close(URI stream, ProducerSequence once) throws IOException, InterruptedException {
    HttpRequest.Builder request = post(stream, BodyPublishers.noBody(), once);
    return whole(begin(writes, request.header("Stream-Closed", "true")));
  }

  /** Begins to read. */
  Answer get(URI url) throws IOException, InterruptedException {
    return Answer.open(await(begin(reads, HttpRequest.newBuilder(url))));
  }

  /** Begins to read what may let wait for itself, for as long as the server answers a question. */
  Answer poll(URI url, Retry.Attempt question) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<InputStream>> answer = begin(reads, HttpRequest.newBuilder(url));
    try (var _ = SilenceWatch.start(SilenceWatch.SILENCE, () -> answer.cancel(true), question)) {
      return Answer.open(answer.get());
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (CancellationException e) {
      throw new HttpTimeoutException("no answer");
    }
  }

  private static HttpRequest.Builder post(URI stream, BodyPublisher body, ProducerSequence once) {
    return HttpRequest.newBuilder(stream)
        .header("Producer-Id", once.id())
        .header("Producer-Epoch", Long.toString(once.epoch()))
        .header("Producer-Seq", Long.toString(once.sequence()))
        .POST(body);
  }

  private static CompletableFuture<HttpResponse<InputStream>> begin(
      HttpClient http, HttpRequest.Builder request) {
    return http.sendAsync(request.build(), BodyHandlers.ofInputStream());
  }

  private static Answer whole(CompletableFuture<HttpResponse<InputStream>> answer)
      throws IOException, InterruptedException {
    return Answer.whole(await(answer));
  }

  /** Waits for the head. (A timeout of the request may, in newer JDKs, be one of the body too.) */
  private static HttpResponse<InputStream> await(
      CompletableFuture<HttpResponse<InputStream>> answer)
      throws IOException, InterruptedException {
    try {
      return answer.get(ANSWER_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("no answer");
    }
  }

  private static IOException failure(ExecutionException e) {
    return e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
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
      case SSLException _ -> "no TLS with it: " + e.getMessage();
      default -> "the connection was cut";
    };
  }

  /** Ends what is under way. */
  @Override
  public void close() {
    reads.shutdownNow();
    writes.shutdownNow();
  }
}
