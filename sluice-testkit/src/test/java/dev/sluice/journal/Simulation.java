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
  private final boolean forks;

  private Simulation(SimWorld world) {
    this.world = world;
    this.names = new SimNames(world);
    this.appends = new SimAppends(world, names);
    this.restarts = new SimRestarts(world, appends);
    this.forks = world.chance(0.3);
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
      if (forks && world.chance(0.4)) {
        forks();
      } else {
        step();
      }
      if (world.chance(0.2)) {
        world.checkGone();
      }
      if (world.disk.isStopped()) {
        restarts.powerFails();
      }
    }
    restarts.powerFails();
    restarts.closes();
  }

  /** What makes long lines of descent, and deletes them in any order. */
  private void forks() throws IOException {
    switch (world.random.nextInt(10)) {
      case 0, 1 -> names.creates(world.one(NAMES));
      case 2, 3, 4, 5 -> names.forks(world.one(NAMES));
      default -> names.deletes();
    }
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
