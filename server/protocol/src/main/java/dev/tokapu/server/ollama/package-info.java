/** Ollama's API. */
@NullMarked
package dev.tokapu.server.ollama;

import org.jspecify.annotations.NullMarked;
