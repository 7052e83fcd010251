/** Flight Recorder on demand. */
@NullMarked
package dev.tokapu.server.flight;

import org.jspecify.annotations.NullMarked;
