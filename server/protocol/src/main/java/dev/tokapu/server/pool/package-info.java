/** Models that are loaded when they are asked for, and unloaded when their memory or their place is wanted. Knows no native code. */
@NullMarked
package dev.tokapu.server.pool;

import org.jspecify.annotations.NullMarked;
