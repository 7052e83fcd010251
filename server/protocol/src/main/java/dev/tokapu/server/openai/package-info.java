/** OpenAI's API. */
@NullMarked
package dev.tokapu.server.openai;

import org.jspecify.annotations.NullMarked;
