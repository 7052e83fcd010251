/** JSON bodies: readers that name the parameter that is wrong, and writers. */
@NullMarked
package dev.tokapu.server.json;

import org.jspecify.annotations.NullMarked;
