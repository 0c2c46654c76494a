package dev.sluice.journal;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Creates, forks and deletes journals of a history. */
final class SimNames {
  private final SimWorld world;

  SimNames(SimWorld world) {
    this.world = world;
  }

  private JournalOptions options() {
    JournalOptions options = JournalOptions.defaults().withDurable(world.chance(0.7));
    return world.chance(0.15) ? options.withRetention(Retention.ofBytes(2000)) : options;
  }

  void creates(String name) throws IOException {
    JournalOptions options = options();
    SimSlot slot = world.slots.computeIfAbsent(name, _ -> new SimSlot());
    byte[] bytes = new byte[world.chance(0.3) ? 1 + world.random.nextInt(3000) : 0];
    world.random.nextBytes(bytes);
    Append first = bytes.length == 0 ? null : Append.of(bytes);
    world.tell("create %s with %d bytes, %s".formatted(name, bytes.length, options));
    var model = new JournalModel(options);
    if (first != null) {
      model.add(first);
      model.safe();
    }
    try {
      created(slot, model, world.data.open(name, options, first));
    } catch (JournalGoneException e) {
      refused(name, e);
    } catch (IOException e) {
      notCreated(slot, model, e);
    }
  }

  private void refused(String name, JournalGoneException e) {
    world.tell("  %s".formatted(e));
    if (!world.faulty && !world.gone().contains(name)) {
      throw new AssertionError(name + " is not gone", e);
    }
  }

  private void created(SimSlot slot, JournalModel model, JournalStore.Opened opened) {
    Journal journal = slot.journal();
    if (journal != null) {
      if (opened.created() || !opened.journal().equals(journal)) {
        throw new AssertionError(opened + " instead of " + journal);
      }
      return;
    }
    if (!opened.created() || opened.journal().tail().position() != model.tail()) {
      throw new AssertionError(opened + " is not new");
    }
    if (world.gone().contains(opened.journal().name())) {
      throw new AssertionError(opened + " has a name that is gone");
    }
    slot.found(opened.journal(), model);
    if (!Objects.equals(opened.journal().origin(), model.origin())) {
      throw new AssertionError(opened + " comes from " + opened.journal().origin());
    }
    world.origins.put(opened.journal().id(), Optional.ofNullable(model.origin()));
    world.tell("  %s".formatted(opened.journal()));
  }

  private void notCreated(SimSlot slot, JournalModel model, IOException e) {
    world.excuse(e);
    if (slot.journal() == null) {
      slot.doubt(model);
    }
  }

  void forks(String name) throws IOException {
    List<String> present = world.present();
    if (present.isEmpty()) {
      return;
    }
    String sourceName = world.one(present);
    SimSlot source = world.slots.get(sourceName);
    Journal journal = source.journal();
    SimSlot slot = world.slots.computeIfAbsent(name, _ -> new SimSlot());
    if (journal == null) {
      return;
    }
    long start = journal.start().position();
    long tail = source.model().tail();
    long at = world.chance(0.3) ? tail : start + world.random.nextLong(tail - start + 1);
    JournalOptions options = options();
    var origin = new Origin(sourceName, journal.id(), new Offset(at));
    JournalModel model = source.model().fork(origin, options);
    Append first = world.chance(0.3) ? Append.of(new byte[1 + world.random.nextInt(900)]) : null;
    if (first != null) {
      model.add(first);
      model.safe();
    }
    world.maybeBroken |= world.faulty;
    world.tell("fork %s from %s at %d, %s".formatted(name, journal, at, options));
    try {
      created(slot, model, world.data.fork(name, journal, new Offset(at), options, first));
    } catch (JournalGoneException e) {
      refused(name, e);
    } catch (IOException e) {
      notCreated(slot, model, e);
    } catch (IllegalArgumentException e) {
      world.tell("  it was dropped meanwhile");
      if (at >= journal.start().position()) {
        throw e;
      }
    }
  }

  void deletes() throws IOException {
    List<String> present = world.present();
    if (present.isEmpty()) {
      return;
    }
    String name = world.one(present);
    SimSlot slot = world.slots.get(name);
    Journal journal = slot.journal();
    if (journal == null) {
      return;
    }
    world.tell("delete %s".formatted(journal));
    world.maybeBroken |= world.faulty;
    try {
      if (!world.data.delete(journal)) {
        throw new AssertionError(journal + " was not there");
      }
      world.slots.remove(name);
      if (!world.faulty && !world.maybeBroken && !world.full) {
        SimWorld.expect(journal.append(Append.of(new byte[1])), new AppendResult.Deleted());
      }
    } catch (IOException e) {
      world.excuse(e);
      if (world.disk.isStopped()) {
        slot.mayBeGone();
      } else if (!world.data.names().contains(name)) {
        slot.hidden();
      }
    }
  }
}
