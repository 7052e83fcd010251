/** Who asks: API keys, tenants, limits. */
@NullMarked
package dev.tokapu.server.caller;

import org.jspecify.annotations.NullMarked;
