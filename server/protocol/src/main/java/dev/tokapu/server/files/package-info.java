/** OpenAI's Files API: what callers keep in a folder of the server. */
@NullMarked
package dev.tokapu.server.files;

import org.jspecify.annotations.NullMarked;
