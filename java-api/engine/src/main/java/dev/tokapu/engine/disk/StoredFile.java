package dev.tokapu.engine.disk;

import dev.tokapu.engine.prefix.PrefixScope;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of a tier that is no entry, or no longer one.
 *
 * <p>Thread safety: immutable.
 *
 * @param scope whom it is of; null when that is unknown
 */
record StoredFile(Path path, long bytes, @Nullable PrefixScope scope) {}
