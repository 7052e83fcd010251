/** The seam to an HTTP library: an {@link dev.tokapu.server.http.Exchange} is a request and its response. */
@NullMarked
package dev.tokapu.server.http;

import org.jspecify.annotations.NullMarked;
