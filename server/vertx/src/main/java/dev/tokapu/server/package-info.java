/** An HTTP server for engines, on Vert.x: {@link dev.tokapu.server.Server}. Event loops move bytes and do nothing else. */
@NullMarked
package dev.tokapu.server;

import org.jspecify.annotations.NullMarked;
