/** Each element of streaming, as a handler of a screen or two. */
module dev.sluice.examples {
  requires transitive dev.sluice.core;
  requires static transitive org.jspecify;

  exports dev.sluice.examples;
}
