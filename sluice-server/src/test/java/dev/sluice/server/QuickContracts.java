package dev.sluice.server;

import org.junit.jupiter.api.Nested;

/**
 * The parts of the contract that take moments. A subclass says over what they run; they are a suite
 * for each transport.
 */
abstract class QuickContracts {
  private final Transport transport;

  QuickContracts(Transport transport) {
    this.transport = transport;
  }

  @Nested
  final class Responses extends ResponseContract {
    Responses() {
      super(transport);
    }
  }

  @Nested
  final class Heads extends HeadContract {
    Heads() {
      super(transport);
    }
  }

  @Nested
  final class Flush extends FlushContract {
    Flush() {
      super(transport);
    }
  }

  @Nested
  final class Sharing extends SharingContract {
    Sharing() {
      super(transport);
    }
  }

  @Nested
  final class RequestBodies extends RequestBodyContract {
    RequestBodies() {
      super(transport);
    }
  }

  @Nested
  final class Trailers extends TrailerContract {
    Trailers() {
      super(transport);
    }
  }

  @Nested
  final class Lengths extends LengthContract {
    Lengths() {
      super(transport);
    }
  }

  @Nested
  final class Fairness extends FairnessContract {
    Fairness() {
      super(transport);
    }
  }

  @Nested
  final class StalledWrites extends StalledWriteContract {
    StalledWrites() {
      super(transport);
    }
  }

  @Nested
  final class Differences extends DifferenceContract {
    Differences() {
      super(transport);
    }
  }

  @Nested
  final class Follow extends FollowContract {
    Follow() {
      super(transport);
    }
  }

  @Nested
  final class FollowGaps extends FollowGapContract {
    FollowGaps() {
      super(transport);
    }
  }
}
