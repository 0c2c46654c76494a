/** The HTTP face of journals. */
module dev.sluice.streams {
  requires transitive dev.sluice.core;
  requires com.fasterxml.jackson.core;
  requires static transitive org.jspecify;

  exports dev.sluice.streams;
}
