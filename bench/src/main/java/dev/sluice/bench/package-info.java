/** The measured server; see bench/README.md. */
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;
