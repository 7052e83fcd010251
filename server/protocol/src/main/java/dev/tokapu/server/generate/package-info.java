/** From a call to a request of the engine, and from its answers to what is written, without a thread for each. */
@NullMarked
package dev.tokapu.server.generate;

import org.jspecify.annotations.NullMarked;
