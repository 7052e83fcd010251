/** Whether the server lives and is ready. */
@NullMarked
package dev.tokapu.server.health;

import org.jspecify.annotations.NullMarked;
