/** The page of the server, as browsers ask for it. */
@NullMarked
package dev.tokapu.server.page;

import org.jspecify.annotations.NullMarked;
