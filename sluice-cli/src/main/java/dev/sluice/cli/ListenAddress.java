package dev.sluice.cli;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code PORT}, {@code :PORT}, {@code HOST:PORT} and {@code [v6]:PORT}. */
final class ListenAddress implements ITypeConverter<InetSocketAddress> {

  @Override
  public InetSocketAddress convert(String text) {
    int colon = text.lastIndexOf(':');
    int port = port(text, text.substring(colon + 1));
    if (colon < 0) {
      return onLoopback(port);
    }
    if (colon == 0) {
      return new InetSocketAddress(port);
    }
    return new InetSocketAddress(host(text, text.substring(0, colon)), port);
  }

  private static InetAddress host(String text, String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (!bracketed && host.contains(":")) {
      throw new TypeConversionException(
          "'" + text + "' has several colons: write an IPv6 address as [v6]:PORT");
    }
    try {
      return bracketed
          ? Inet6Address.ofLiteral(host.substring(1, host.length() - 1))
          : InetAddress.getAllByName(host)[0];
    } catch (UnknownHostException | IllegalArgumentException e) {
      throw new TypeConversionException("'" + host + "' is not a known host or address");
    }
  }

  static InetSocketAddress onLoopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  private static int port(String text, String digits) {
    if (digits.matches("[0-9]{1,5}") && Integer.parseInt(digits) <= 65535) {
      return Integer.parseInt(digits);
    }
    throw new TypeConversionException(
        "'" + text + "' has no port from 0 to 65535; write PORT, :PORT, HOST:PORT or [v6]:PORT");
  }

  static String format(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
