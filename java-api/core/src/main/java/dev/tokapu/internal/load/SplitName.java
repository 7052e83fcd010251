package dev.tokapu.internal.load;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The name of one part of a split model, {@code x-00001-of-00003.gguf}, which tells those of the others.
 *
 * <p>Thread safety: immutable.
 */
public record SplitName(String prefix, int count, String suffix) {

    private static final Pattern NAME = Pattern.compile("(.*-)(\\d{5})(-of-(\\d{5})\\.gguf)", Pattern.DOTALL);

    /** Reads a name; empty when it is not that of a part. */
    public static Optional<SplitName> of(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int part = Integer.parseInt(matcher.group(2));
        int count = Integer.parseInt(matcher.group(4));
        return part < 1 || part > count
                ? Optional.empty()
                : Optional.of(new SplitName(matcher.group(1), count, matcher.group(3)));
    }

    /** The parts of this many files whose names begin so, with the hyphen at the end. */
    public static SplitName of(String prefix, int count) {
        return new SplitName(prefix, count, String.format(Locale.ROOT, "-of-%05d.gguf", count));
    }

    /** All parts in order. */
    public List<String> all() {
        return IntStream.rangeClosed(1, count)
                .mapToObj(part -> prefix + String.format(Locale.ROOT, "%05d", part) + suffix)
                .toList();
    }
}
