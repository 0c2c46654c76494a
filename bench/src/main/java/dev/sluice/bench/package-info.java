/** The measured servers, and measures of journals without one; see bench/README.md. */
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;
