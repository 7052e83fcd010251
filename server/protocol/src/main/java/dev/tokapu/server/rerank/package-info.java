/** Documents in the order in which they fit a query: /v1/rerank. */
@NullMarked
package dev.tokapu.server.rerank;

import org.jspecify.annotations.NullMarked;
