package dev.tokapu.hub;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which files of a repository are the model that is meant: the rules of llama.cpp's common/download.cpp. */
final class Selection {

    private static final List<String> DEFAULTS = List.of("Q4_K_M", "Q8_0");
    private static final List<String> NO_MODELS = List.of("mmproj", "imatrix", "mtp-", "eagle3-", "dflash-", "dspark-");
    private static final Pattern PART = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})", Pattern.CASE_INSENSITIVE);
    private static final Pattern TAG = Pattern.compile("[-.]([A-Z0-9_]+)$", Pattern.CASE_INSENSITIVE);
    private static final String SUFFIX = ".gguf";
    private static final int MOST_SHOWN = 60;

    private Selection() {}

    /** The name of a file, taken apart. */
    private record Parts(String prefix, String tag, int index, int count) {

        static Parts of(String path) {
            String prefix = path.substring(0, path.length() - SUFFIX.length());
            Matcher part = PART.matcher(prefix);
            int index = 1;
            int count = 1;
            if (part.matches()) {
                prefix = part.group(1);
                index = Integer.parseInt(part.group(2));
                count = Integer.parseInt(part.group(3));
            }
            Matcher tag = TAG.matcher(prefix);
            return new Parts(prefix, tag.find() ? tag.group(1).toUpperCase(Locale.ROOT) : "", index, count);
        }
    }

    static boolean isModel(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.endsWith(SUFFIX) && NO_MODELS.stream().noneMatch(name::contains);
    }

    /** Whether it stands for a model: it is one, and the first part of it. */
    static boolean isFirst(String path) {
        return isModel(path) && Parts.of(path).index() == 1;
    }

    /** The quantization that a name ends with; empty for none. */
    static String quantization(String path) {
        return Parts.of(path).tag();
    }

    /**
     * The files of a model, in order; none when it is not there.
     *
     * @param paths all files, in the order of the hub
     * @param tag the quantization; null for the default
     * @param file the file that was named instead; null for none
     */
    static List<String> choose(Collection<String> paths, @Nullable String tag, @Nullable String file) {
        if (file != null) {
            return paths.contains(file) ? withParts(paths, file) : List.of();
        }
        for (String one : tag == null ? DEFAULTS : List.of(tag)) {
            Pattern wanted = Pattern.compile(Pattern.quote(one) + "[.-]", Pattern.CASE_INSENSITIVE);
            for (String path : paths) {
                if (isFirst(path) && wanted.matcher(path).find()) {
                    return withParts(paths, path);
                }
            }
        }
        return tag != null
                ? List.of()
                : paths.stream()
                        .filter(Selection::isFirst)
                        .findFirst()
                        .map(path -> withParts(paths, path))
                        .orElse(List.of());
    }

    /** All parts of the model that a file is one of. */
    private static List<String> withParts(Collection<String> paths, String file) {
        Parts named = Parts.of(file);
        if (named.count() <= 1) {
            return List.of(file);
        }
        return paths.stream()
                .filter(path -> path.endsWith(SUFFIX))
                .filter(path -> Parts.of(path).count() == named.count()
                        && Parts.of(path).prefix().equals(named.prefix()))
                .sorted()
                .toList();
    }

    /** How many files a model has, by the name of one. */
    static int count(String path) {
        return Parts.of(path).count();
    }

    /** The names of all parts, by the name of one. */
    static List<String> allParts(String path) {
        Parts parts = path.endsWith(SUFFIX) ? Parts.of(path) : new Parts(path, "", 1, 1);
        if (parts.count() <= 1) {
            return List.of(path);
        }
        return java.util.stream.IntStream.rangeClosed(1, parts.count())
                .mapToObj(part ->
                        String.format(Locale.ROOT, "%s-%05d-of-%05d%s", parts.prefix(), part, parts.count(), SUFFIX))
                .toList();
    }

    /** What there is instead, for a message. */
    static String others(Collection<String> paths) {
        TreeSet<String> tags = paths.stream()
                .filter(Selection::isModel)
                .map(path -> Objects.requireNonNull(quantization(path).isEmpty() ? path : quantization(path)))
                .collect(Collectors.toCollection(TreeSet::new));
        return tags.isEmpty()
                ? "it has no GGUF file"
                : "there are: " + tags.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
    }
}
