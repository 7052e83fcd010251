/** OpenAI's Responses API. */
@NullMarked
package dev.tokapu.server.responses;

import org.jspecify.annotations.NullMarked;
