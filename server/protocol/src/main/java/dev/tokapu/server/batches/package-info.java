/** OpenAI's Batch API: requests of a file, answered when there is room, and a file with the answers. */
@NullMarked
package dev.tokapu.server.batches;

import org.jspecify.annotations.NullMarked;
