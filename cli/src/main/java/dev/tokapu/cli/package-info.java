/**
 * The program behind {@code ./tokapu}: one class for each command, small helpers around them.
 *
 * <p>The answer alone goes to stdout, everything else to stderr; {@link dev.tokapu.cli.ExitCode} says what failed.
 */
@NullMarked
package dev.tokapu.cli;

import org.jspecify.annotations.NullMarked;
