/** Which replica of an engine computes a request: pure, without models and threads. */
@NullMarked
package dev.tokapu.engine.route;

import org.jspecify.annotations.NullMarked;
