package dev.sluice.journal;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Ends the process of a history in all ways, and looks at what is there afterwards. */
final class SimRestarts {
  private final SimWorld world;
  private final SimAppends appends;

  SimRestarts(SimWorld world, SimAppends appends) {
    this.world = world;
    this.appends = appends;
  }

  void powerFails() throws IOException {
    double kept = world.one(List.of(0.0, 0.3, 0.5, 0.7, 1.0));
    world.tell("the power fails; %s of what was not safe is there".formatted(kept));
    world.disk.crash(kept);
    restarts(true);
  }

  void isKilled() throws IOException {
    world.tell("killed");
    world.disk.kill();
    restarts(false);
  }

  void closes() throws IOException {
    world.tell("close");
    world.maybeBroken |= world.faulty;
    try {
      world.data.close();
      world.settled();
    } catch (IOException e) {
      world.excuse(e);
    }
    if (world.disk.isStopped()) {
      powerFails();
    } else {
      restarts(false);
    }
  }

  private void restarts(boolean powerFailed) throws IOException {
    boolean lossy = powerFailed;
    if (world.chance(0.1)) {
      world.disk.stopIn(1 + world.random.nextInt(20));
    }
    while (true) {
      world.maybeBroken = false;
      try {
        world.data = world.openData();
        if (!world.disk.isStopped()) {
          break;
        }
      } catch (IOException e) {
        world.excuse(e);
      }
      if (world.disk.isStopped()) {
        world.tell("the power fails again");
        world.disk.crash(0.5);
        lossy = true;
      } else {
        world.fails(false);
        world.fills(false);
      }
    }
    if (world.faulty) {
      world.fails(false);
    }
    world.maybeBroken = false;
    world.broken = false;
    world.disk.goOn();
    verifies(lossy);
  }

  private void verifies(boolean lossy) throws IOException {
    for (String name : Simulation.NAMES) {
      verifies(name, lossy);
    }
    if (!world.data.names().equals(List.copyOf(world.slots.keySet()))) {
      throw new AssertionError(world.data.names() + " instead of " + world.slots.keySet());
    }
    world.checkGone();
    for (SimSlot slot : world.slots.values()) {
      for (ProducerSequence last : slot.model().producers().values()) {
        appends.append(slot, Append.of(new byte[1]).withProducer(last));
      }
      String sequence = slot.model().writerSequence();
      if (sequence != null) {
        appends.append(slot, Append.of(new byte[1]).withWriterSequence(sequence));
      }
    }
  }

  private void verifies(String name, boolean lossy) throws IOException {
    Journal journal = world.data.find(name);
    SimSlot slot = world.slots.get(name);
    if (journal == null) {
      if (slot != null && slot.mustBeThere()) {
        throw new AssertionError(name + " is not there");
      }
      world.slots.remove(name);
      return;
    }
    if (slot == null) {
      throw new AssertionError(journal + " is there");
    }
    JournalModel model = slot.of(journal);
    slot.found(journal, model);
    world.origins.put(journal.id(), Optional.ofNullable(journal.origin()));
    verify(journal, model, lossy);
  }

  private static void verify(Journal journal, JournalModel model, boolean lossy) {
    model.settle(journal, lossy);
    if (!model.options().equals(journal.options())) {
      throw new AssertionError(journal + " has " + journal.options());
    }
    if (!Objects.equals(model.origin(), journal.origin())) {
      throw new AssertionError(journal + " comes from " + journal.origin());
    }
    long start = journal.start().position();
    if (!model.mayBeginAt(start)) {
      throw new AssertionError(journal + " begins at " + start);
    }
    if (!model.check(journal, start, model.tail())) {
      throw new AssertionError(journal + " cannot be read");
    }
    Ending ending = model.ending();
    if (ending != null && !ending.equals(journal.ending())) {
      throw new AssertionError(journal + " has ended with " + journal.ending());
    }
  }
}
