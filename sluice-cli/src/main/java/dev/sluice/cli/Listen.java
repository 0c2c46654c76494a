package dev.sluice.cli;

import dev.sluice.Filters;
import dev.sluice.Handler;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a command listens, and what it takes to do that safely on a desk. */
final class Listen {
  private static final int DEFAULT_PORT = 8080;
  private static final int PORTS_TRIED = 100;
  private static final Set<String> OWN_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

  @Option(
      names = "--listen",
      paramLabel = "ADDR",
      converter = ListenAddress.class,
      description = {
        "Listen on PORT, HOST:PORT or [v6]:PORT; :PORT is every interface, port 0 picks one.",
        "Default: 127.0.0.1:8080, or the next free port."
      })
  private @Nullable InetSocketAddress address;

  @Mixin private Encryption encryption = new Encryption();

  /**
   * Checks what can be checked before anything starts.
   *
   * @throws CliException if options contradict each other
   */
  void check() throws CliException {
    encryption.check();
  }

  /**
   * Starts the server, and warns of what is exposed.
   *
   * @throws CliException if it cannot listen there, or not with these certificates
   */
  Listening start(Handler handler, Output output) throws CliException {
    return start(handler, Set.of(), output, "read");
  }

  /**
   * Starts it, likewise.
   *
   * @param origins of web pages whose scripts are let in
   * @param allowed what everyone can do who can reach it
   */
  Listening start(Handler handler, Set<String> origins, Output output, String allowed)
      throws CliException {
    List<String> names = CertificateNames.of(encryption.certificates());
    Server server =
        address == null
            ? startNear(guard(handler, origins, OWN_NAMES, names), output)
            : startOn(address, handler, origins, names);
    boolean guarded = server.address().getAddress().isLoopbackAddress() || encryption.asksClients();
    if (!guarded) {
      output.say(
          "sluice: warning: everyone who can reach %s can %s this; nothing guards it"
              .formatted(ListenAddress.format(server.address()), allowed));
    }
    if (encryption.isSelfSigned()) {
      output.say(
          "sluice: self-signed certificate, which browsers warn of; SHA-256 fingerprint "
              + server.fingerprint());
    }
    return new Listening(server, url(server, names), "curl" + encryption.curlOptions());
  }

  /** The first free port from the usual one on. */
  private Server startNear(Handler handler, Output output) throws CliException {
    InetSocketAddress first = ListenAddress.onLoopback(DEFAULT_PORT);
    ServerOptions options = encryption.addTo(ServerOptions.defaults().withListen(first));
    for (int port = DEFAULT_PORT; port < DEFAULT_PORT + PORTS_TRIED; port++) {
      try {
        Server server = Server.start(options.withPort(port), handler);
        if (port != DEFAULT_PORT) {
          output.say("sluice: port " + DEFAULT_PORT + " is busy, so this is on " + port);
        }
        return server;
      } catch (IOException e) {
        if (!(e.getCause() instanceof BindException)) {
          throw failed(first, e);
        }
      }
    }
    throw new CliException(
        ExitStatus.FAILED,
        "--listen: ports %d to %d are all busy; give a free one, or 0"
            .formatted(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED - 1));
  }

  private Server startOn(
      InetSocketAddress given, Handler handler, Set<String> origins, List<String> names)
      throws CliException {
    boolean loopback = given.getAddress().isLoopbackAddress();
    try {
      return Server.start(
          encryption.addTo(ServerOptions.defaults().withListen(given)),
          loopback ? guard(handler, origins, namesOf(given), names) : share(handler, origins));
    } catch (IOException e) {
      throw failed(given, e);
    }
  }

  private static CliException failed(InetSocketAddress address, IOException e) {
    if (e instanceof SSLException) {
      return new CliException(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    }
    String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
    return new CliException(
        ExitStatus.FAILED,
        "--listen %s: %s; give another address or port, or port 0"
            .formatted(ListenAddress.format(address), why),
        e);
  }

  /** By a name that is on its certificate: a client that checks it takes no other. */
  private static String url(Server server, List<String> names) {
    String host = server.url().getHost();
    return names.stream()
        .filter(name -> !names.contains(host) && CertificateNames.isHostName(name))
        .findFirst()
        .map(name -> "https://" + name + ":" + server.port())
        .orElse(server.url().toString());
  }

  /**
   * Every page that the user opens can send requests to loopback: only our own names are answered,
   * so that a foreign name that resolves to us does not get at the content. The names that our
   * certificates are for are our own.
   */
  private static Handler guard(
      Handler handler, Set<String> origins, Set<String> own, List<String> certified) {
    Set<String> names = new HashSet<>(own);
    names.addAll(certified);
    return Filters.allowHosts(names, Filters.allowOrigins(origins, handler));
  }

  /** Everyone can reach it, so that nothing is refused but what was not asked for. */
  private static Handler share(Handler handler, Set<String> origins) {
    return origins.isEmpty() ? handler : Filters.allowOrigins(origins, handler);
  }

  /** What the user called it, and the address behind that, are our own names as well. */
  private static Set<String> namesOf(InetSocketAddress given) {
    Set<String> names = new HashSet<>(OWN_NAMES);
    names.add(given.getHostString());
    names.add(given.getAddress().getHostAddress());
    return names;
  }
}
