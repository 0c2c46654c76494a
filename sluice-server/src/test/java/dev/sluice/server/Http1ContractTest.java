package dev.sluice.server;

import org.junit.jupiter.api.Nested;

/** The contract, over cleartext HTTP/1.1. */
final class Http1ContractTest {
  private static final Transport TRANSPORT = Http1Transport.cleartext();

  @Nested
  final class Responses extends ResponseContract {
    Responses() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class Heads extends HeadContract {
    Heads() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class Flush extends FlushContract {
    Flush() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class Sharing extends SharingContract {
    Sharing() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class Deadlines extends DeadlineContract {
    Deadlines() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class RequestBodies extends RequestBodyContract {
    RequestBodies() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class Trailers extends TrailerContract {
    Trailers() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class Load extends LoadContract {
    Load() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class Fairness extends FairnessContract {
    Fairness() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class Lengths extends LengthContract {
    Lengths() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class StalledWrites extends StalledWriteContract {
    StalledWrites() {
      super(TRANSPORT);
    }
  }
}
