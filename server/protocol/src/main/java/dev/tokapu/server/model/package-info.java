/** The models that are served, by name. */
@NullMarked
package dev.tokapu.server.model;

import org.jspecify.annotations.NullMarked;
