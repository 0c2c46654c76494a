package dev.sluice.server;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The contract, over HTTP/1.1 and TLS; what takes long only where everything is run. */
@Tag("external")
final class Http1TlsContractTest {
  private static final Transport TRANSPORT = Transport.HTTP_1_TLS;

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
  final class Lengths extends LengthContract {
    Lengths() {
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
  final class StalledWrites extends StalledWriteContract {
    StalledWrites() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class Differences extends DifferenceContract {
    Differences() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class Follow extends FollowContract {
    Follow() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class FollowGaps extends FollowGapContract {
    FollowGaps() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class FollowLifetimes extends FollowLifetimeContract {
    FollowLifetimes() {
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
  final class Load extends LoadContract {
    Load() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class FollowSlowly extends FollowSlowContract {
    FollowSlowly() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class FollowEnds extends FollowEndContract {
    FollowEnds() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class FollowHeartbeats extends FollowHeartbeatContract {
    FollowHeartbeats() {
      super(TRANSPORT);
    }
  }

  @Nested
  final class FollowCold extends FollowColdContract {
    FollowCold() {
      super(TRANSPORT);
    }
  }
}
