package dev.tokapu.engine.disk;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.internal.util.IntList;
import java.nio.file.Path;

/**
 * A saved prefix in a file.
 *
 * <p>Thread safety: safe; nobody changes its tokens.
 *
 * @param serial its number, which does not come again as long as the tier is open
 * @param scope who may share it
 * @param tokens its tokens
 * @param bytes the size of its file
 * @param file its file
 */
public record DiskEntry(long serial, PrefixScope scope, IntList tokens, long bytes, Path file) {

    /** {@return how many tokens it has} */
    public int length() {
        return tokens.size();
    }
}
