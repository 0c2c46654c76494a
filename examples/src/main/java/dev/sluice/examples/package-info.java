/** Each element of streaming, as a handler of a screen or two; {@code sluice demo} serves them. */
@NullMarked
package dev.sluice.examples;

import org.jspecify.annotations.NullMarked;
