package dev.sluice.journal;

import java.io.IOException;
import java.util.List;

/** Appends to the journals of a history, and reads them. */
final class SimAppends {
  private final SimWorld world;
  private final SimNames names;
  private long micros = 1_700_000_000_000_000L;

  SimAppends(SimWorld world, SimNames names) {
    this.world = world;
    this.names = names;
  }

  void appends() throws IOException {
    List<String> present = world.present();
    if (present.isEmpty()) {
      return;
    }
    SimSlot slot = world.slots.get(world.one(present));
    JournalModel model = slot.model();
    if (model.ending() != null && world.chance(0.3)) {
      names.deletes();
      return;
    }
    int size = 1 + world.random.nextInt(world.one(List.of(10, 600, 600, 600, 5000)));
    boolean drops = model.options().retention().bytes() < Long.MAX_VALUE;
    if (world.chance(drops ? 0.1 : 0.01)) {
      size = 1 + world.random.nextInt(400_000);
    }
    byte[] bytes = new byte[size];
    world.random.nextBytes(bytes);
    Ending ending = world.chance(0.01) ? new Ending(world.random.nextInt(3), null) : null;
    if (ending != null && world.chance(0.5)) {
      bytes = new byte[0];
    }
    Kind kind = world.one(List.of(Kind.values()));
    micros += world.one(List.of(0, 1, 2000));
    Append append =
        Append.of(kind, Micros.toInstant(micros), bytes, 0, bytes.length)
            .withEnding(ending)
            .withProducer(world.chance(0.6) ? producer(model) : null)
            .withWriterSequence(world.chance(0.2) ? writerSequence(model) : null);
    if (world.chance(0.2)) {
      long tail = model.tail();
      append =
          append.withExpectedTail(
              new Offset(world.chance(0.7) ? tail : world.random.nextLong(tail + 9)));
    }
    append(slot, append);
  }

  private ProducerSequence producer(JournalModel model) {
    String id = world.one(List.of("p", "q", "r é"));
    ProducerSequence last = model.producers().get(id);
    if (last == null) {
      return new ProducerSequence(id, world.random.nextInt(3), world.chance(0.9) ? 0 : 1);
    }
    return switch (world.random.nextInt(20)) {
      case 0, 1 -> last;
      case 2 -> new ProducerSequence(id, last.epoch() + 1, 0);
      case 3 -> new ProducerSequence(id, last.epoch() + 1, 1);
      case 4 -> new ProducerSequence(id, Math.max(0, last.epoch() - 1), 0);
      case 5 -> new ProducerSequence(id, last.epoch(), last.sequence() + 2);
      default -> new ProducerSequence(id, last.epoch(), last.sequence() + 1);
    };
  }

  /** Mostly the next one. */
  private String writerSequence(JournalModel model) {
    String last = model.writerSequence();
    int count = last == null ? 0 : Integer.parseInt(last, 1, last.length(), 10);
    return "w%06d".formatted(Math.max(0, count + world.one(List.of(-1, 0, 1, 1, 1, 2))));
  }

  void append(SimSlot slot, Append append) throws IOException {
    Journal journal = slot.journal();
    if (journal == null) {
      return;
    }
    if (world.disk.count(SimWorld.ROOT.resolve("log")) >= 4) {
      world.checkpoints(); // it would wait for that, and there is no other thread
    }
    JournalModel model = slot.model();
    AppendResult expected = model.expected(append);
    world.tell(
        "append %d bytes to %s at %d, %s, %s%s: %s"
            .formatted(
                append.length(),
                journal,
                model.tail(),
                append.producer(),
                append.writerSequence(),
                append.ending() == null ? "" : " and close",
                expected));
    boolean accepted = expected instanceof AppendResult.Appended;
    world.maybeBroken |= world.faulty;
    boolean wasBroken = world.broken;
    try {
      SimWorld.expect(journal.append(append), expected);
      if (accepted) {
        if (wasBroken) {
          throw new AssertionError("appended after a failure");
        }
        model.add(append);
      }
    } catch (IOException e) {
      world.excuse(e);
      if (!accepted) {
        return; // it would have been refused
      }
      boolean failed = e instanceof StorageFailedException;
      if ((failed || world.disk.isStopped()) && !wasBroken) {
        model.doubt(append);
      }
      if (wasBroken && !failed) {
        throw new AssertionError("after a failure", e);
      }
    }
    if (journal.tail().position() != model.tail()) {
      throw new AssertionError(journal.tail() + " instead of " + model.tail());
    }
  }

  void reads() {
    List<String> present = world.present();
    if (present.isEmpty() || world.disk.isStopped()) {
      return;
    }
    SimSlot slot = world.slots.get(world.one(present));
    Journal journal = slot.journal();
    if (journal == null) {
      return;
    }
    long start = journal.start().position();
    long tail = journal.tail().position();
    long from = start + world.random.nextLong(tail - start + 1);
    long to = from + world.random.nextLong(tail - from + 1);
    if (!slot.model().check(journal, from, to) && !world.faulty && !world.disk.isStopped()) {
      throw new AssertionError("%s cannot be read from %d to %d".formatted(journal, from, to));
    }
  }
}
