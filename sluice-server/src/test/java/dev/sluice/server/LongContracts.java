package dev.sluice.server;

import org.junit.jupiter.api.Nested;

/**
 * The parts of the contract that take seconds, having timeouts, slow clients and load in them. A
 * subclass says over what they run.
 */
abstract class LongContracts {
  private final Transport transport;

  LongContracts(Transport transport) {
    this.transport = transport;
  }

  @Nested
  final class FollowLifetimes extends FollowLifetimeContract {
    FollowLifetimes() {
      super(transport);
    }
  }

  @Nested
  final class Deadlines extends DeadlineContract {
    Deadlines() {
      super(transport);
    }
  }

  @Nested
  final class Load extends LoadContract {
    Load() {
      super(transport);
    }
  }

  @Nested
  final class FollowSlowly extends FollowSlowContract {
    FollowSlowly() {
      super(transport);
    }
  }

  @Nested
  final class FollowEnds extends FollowEndContract {
    FollowEnds() {
      super(transport);
    }
  }

  @Nested
  final class FollowHeartbeats extends FollowHeartbeatContract {
    FollowHeartbeats() {
      super(transport);
    }
  }

  @Nested
  final class FollowCold extends FollowColdContract {
    FollowCold() {
      super(transport);
    }
  }
}
