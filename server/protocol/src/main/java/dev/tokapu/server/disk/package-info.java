/** Files that stay when the server stops, whatever stops it. */
@NullMarked
package dev.tokapu.server.disk;

import org.jspecify.annotations.NullMarked;
