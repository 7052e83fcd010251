/** The engines live: what they do now, and for whom. */
@NullMarked
package dev.tokapu.server.live;

import org.jspecify.annotations.NullMarked;
