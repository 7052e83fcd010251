/** Anthropic's API. */
@NullMarked
package dev.tokapu.server.anthropic;

import org.jspecify.annotations.NullMarked;
