package dev.sluice;

import java.util.Locale;

/** What a client says about gzip (RFC 9110 section 12.5.3); text in, a decision out. */
final class AcceptEncoding {
  private AcceptEncoding() {}

  /** Whether gzip is acceptable, and no less welcome than no coding at all. */
  static boolean prefersGzip(Request request) {
    double gzip = -1;
    double any = -1;
    double identity = -1;
    for (String line : request.headers().all("Accept-Encoding")) {
      for (String element : line.toLowerCase(Locale.ROOT).split(",", -1)) {
        String[] parts = element.split(";", 2);
        double weight = parts.length == 1 ? 1 : weight(parts[1]);
        switch (parts[0].strip()) {
          case "gzip", "x-gzip" -> gzip = Math.max(gzip, weight);
          case "*" -> any = weight;
          case "identity" -> identity = weight;
          default -> {}
        }
      }
    }
    double effective = gzip >= 0 ? gzip : any;
    return effective > 0 && effective >= identity;
  }

  /** A malformed weight is none: the coding is then not used, which every client can read. */
  private static double weight(String parameter) {
    String text = parameter.strip();
    return text.matches("q\\s*=\\s*(0(\\.\\d{0,3})?|1(\\.0{0,3})?)")
        ? Double.parseDouble(text.substring(text.indexOf('=') + 1).strip())
        : 0;
  }
}
