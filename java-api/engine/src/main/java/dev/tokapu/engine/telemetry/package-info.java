/** The requests of an {@link dev.tokapu.engine.Engine} as spans and metrics of OpenTelemetry, which is an optional dependency. */
@NullMarked
package dev.tokapu.engine.telemetry;

import org.jspecify.annotations.NullMarked;
