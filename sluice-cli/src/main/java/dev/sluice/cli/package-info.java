/** The {@code sluice} command: what it takes, what it prints, and with which status it ends. */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
