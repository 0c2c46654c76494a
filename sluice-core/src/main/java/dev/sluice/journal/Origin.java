package dev.sluice.journal;

/**
 * Where a fork has come from.
 *
 * @param name what its source was called
 * @param id the source's identity
 * @param at where the two part: what is before is the source's
 */
public record Origin(String name, String id, Offset at) {
  /** The source, as {@link Journal#toString} has it. */
  String source() {
    return name + "@" + id;
  }
}
