/** What can be wrong with a call, apart from how an API says so. */
@NullMarked
package dev.tokapu.server.problem;

import org.jspecify.annotations.NullMarked;
