package dev.sluice;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Lets requests through that are for one of some hosts. */
final class AllowedHosts implements Handler {
  private final TreeSet<String> names = new TreeSet<>();
  private final Handler handler;
  private volatile @Nullable String servedLast;

  AllowedHosts(Collection<String> hosts, Handler handler) {
    this.handler = handler;
    for (String host : hosts) {
      boolean bareV6 = host.indexOf(':') != host.lastIndexOf(':') && !host.startsWith("[");
      HostName parsed = HostName.parse(bareV6 ? "[" + host + "]" : host);
      if (parsed == null || !parsed.port().isEmpty()) {
        throw new IllegalArgumentException("not a host without a port: " + FieldSyntax.quote(host));
      }
      names.add(parsed.name());
    }
  }

  @Override
  public void handle(Request request, Response response) throws Exception {
    String asked = askedHost(request);
    if (asked != null && asked.equals(servedLast)) {
      handler.handle(request, response);
      return;
    }
    HostName host = asked == null ? null : HostName.parse(asked);
    if (host != null && names.contains(host.name())) {
      servedLast = asked; // most clients use one name
      handler.handle(request, response);
      return;
    }
    String shown =
        asked == null ? "a request without one Host" : "Host " + FieldSyntax.quote(asked);
    Refusals.answer(response, 421, shown + " is not served here; served are " + names);
  }

  /** The host of an absolute-form target overrides the field (RFC 9112 section 3.2.2). */
  static @Nullable String askedHost(Request request) {
    String target = request.target();
    int scheme = target.indexOf("://");
    if (scheme > 0 && target.indexOf('/') > scheme) {
      String rest = target.substring(scheme + 3);
      String authority = rest.split("[/?]", 2)[0];
      return authority.substring(authority.lastIndexOf('@') + 1);
    }
    List<String> hosts = request.headers().all("Host");
    return hosts.size() == 1 ? hosts.getFirst() : null;
  }
}
