package dev.sluice.journal;

import java.nio.file.Path;
import java.util.Map;

/**
 * A log file that takes no more, and is deleted when its journals have all of it in segment files.
 *
 * @param tails the journals that it has records of, and where each ended when it was sealed
 */
record SealedLog(Path path, Map<Journal, Long> tails) {}
