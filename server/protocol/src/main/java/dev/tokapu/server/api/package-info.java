/** What all APIs share: routes, calls, event streams, threads. An API is a package that implements {@link dev.tokapu.server.api.Api}. */
@NullMarked
package dev.tokapu.server.api;

import org.jspecify.annotations.NullMarked;
