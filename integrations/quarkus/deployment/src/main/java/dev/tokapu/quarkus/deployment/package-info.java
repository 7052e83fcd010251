/** What the extension does while an application is built. */
@NullMarked
package dev.tokapu.quarkus.deployment;

import org.jspecify.annotations.NullMarked;
