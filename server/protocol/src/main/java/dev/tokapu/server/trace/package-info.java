/** Calls as spans of OpenTelemetry, which is an optional dependency. */
@NullMarked
package dev.tokapu.server.trace;

import org.jspecify.annotations.NullMarked;
