/** The numbers of an {@link dev.tokapu.engine.Engine} for those who watch it. */
@NullMarked
package dev.tokapu.engine.metrics;

import org.jspecify.annotations.NullMarked;
