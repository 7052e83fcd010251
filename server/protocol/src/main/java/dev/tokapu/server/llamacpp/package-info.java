/** What llama.cpp's server has beside OpenAI's API. */
@NullMarked
package dev.tokapu.server.llamacpp;

import org.jspecify.annotations.NullMarked;
