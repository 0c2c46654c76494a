package dev.sluice.journal;

import java.io.IOException;
import java.util.List;

/**
 * One history of a data directory on a disk that fails, beside a model: random operations, and
 * crashes in between and in the middle.
 *
 * <p>Thread: a storage thread.
 */
final class Simulation {
  static final List<String> NAMES = List.of("a", "b", "a/b", "c");

  private final SimWorld world;
  private final SimNames names;
  private final SimAppends appends;
  private final SimRestarts restarts;

  private Simulation(SimWorld world) {
    this.world = world;
    this.names = new SimNames(world);
    this.appends = new SimAppends(world, names);
    this.restarts = new SimRestarts(world, appends);
  }

  /**
   * Runs one.
   *
   * @param story takes what happens
   */
  static void run(long seed, List<String> story) throws IOException {
    var simulation = new Simulation(new SimWorld(seed, story));
    simulation.run();
  }

  private void run() throws IOException {
    int steps = 20 + world.random.nextInt(100);
    for (int step = 0; step < steps; step++) {
      step();
      if (world.disk.isStopped()) {
        restarts.powerFails();
      }
    }
    restarts.powerFails();
    restarts.closes();
  }

  private void step() throws IOException {
    int dice = world.random.nextInt(1000);
    if (dice < 90) {
      names.creates(world.one(NAMES));
    } else if (dice < 120) {
      names.deletes();
    } else if (dice < 150) {
      names.forks(world.one(NAMES));
    } else if (dice < 220) {
      world.checkpoints();
    } else if (dice < 250) {
      restarts.powerFails();
    } else if (dice < 270) {
      restarts.isKilled();
    } else if (dice < 285) {
      restarts.closes();
    } else if (dice < 310) {
      world.stops();
    } else if (dice < 350) {
      world.fails(world.chance(0.5));
    } else if (dice < 380) {
      world.fills(world.chance(0.5));
    } else if (dice < 450) {
      appends.reads();
    } else {
      appends.appends();
    }
  }
}
