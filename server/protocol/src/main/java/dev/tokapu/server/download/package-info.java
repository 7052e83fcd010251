/** Downloads of models from hubs, which several calls may wait for. */
@NullMarked
package dev.tokapu.server.download;

import org.jspecify.annotations.NullMarked;
