package dev.tokapu.gguf;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * How two GGUF files differ: in metadata by key, in tensors by name. Their order, gaps and alignment do not count.
 *
 * <p>Thread safety: immutable.
 *
 * @param metadata the values that differ, unmodifiable
 * @param tensors the tensors that differ in type, shape or numbers, unmodifiable
 * @since 0.1
 */
public record GgufDiff(List<Difference<MetadataValue>> metadata, List<Difference<TensorInfo>> tensors) {

    /**
     * One thing that differs.
     *
     * <p>Thread safety: immutable.
     *
     * @param name the key or the name
     * @param before as it is in the first file, null when it is not there
     * @param after as it is in the second file, null when it is not there
     * @param <T> what it is
     * @since 0.1
     */
    public record Difference<T>(
            String name, @Nullable T before, @Nullable T after) {}

    /** Copies the lists. */
    public GgufDiff {
        metadata = List.copyOf(metadata);
        tensors = List.copyOf(tensors);
    }

    /**
     * Compares two files, with all their numbers.
     *
     * @param before the first file
     * @param after the second file
     * @return the differences
     * @throws GgufException when one cannot be read or is damaged
     */
    public static GgufDiff of(Path before, Path after) {
        return of(before, after, GgufProgress.none());
    }

    /**
     * Compares two files, with all their numbers.
     *
     * @param before the first file
     * @param after the second file
     * @param progress is told how much of the numbers is compared
     * @return the differences
     * @throws GgufException when one cannot be read or is damaged
     * @throws java.util.concurrent.CancellationException when the listener asked to stop
     */
    public static GgufDiff of(Path before, Path after, GgufProgress progress) {
        GgufFile first = GgufFile.open(before);
        GgufFile second = GgufFile.open(after);
        long total = first.tensors().stream().mapToLong(TensorInfo::bytes).sum();
        Progress counter = new Progress(progress, "comparing " + before, total);
        return new GgufDiff(
                differences(first.values(), second.values(), Object::equals),
                differences(byName(first), byName(second), (one, other) -> same(before, one, after, other, counter)));
    }

    /** {@return whether nothing differs} */
    public boolean isEmpty() {
        return metadata.isEmpty() && tensors.isEmpty();
    }

    private static Map<String, TensorInfo> byName(GgufFile file) {
        Map<String, TensorInfo> map = new LinkedHashMap<>();
        file.tensors().forEach(tensor -> map.put(tensor.name(), tensor));
        return map;
    }

    private static <T> List<Difference<T>> differences(
            Map<String, T> before, Map<String, T> after, BiPredicate<T, T> same) {
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        List<Difference<T>> list = new ArrayList<>();
        for (String name : names) {
            T one = before.get(name);
            T other = after.get(name);
            if (one == null || other == null || !same.test(one, other)) {
                list.add(new Difference<>(name, one, other));
            }
        }
        return list;
    }

    private static boolean same(Path before, TensorInfo one, Path after, TensorInfo other, Progress progress) {
        if (one.type() != other.type() || !one.shape().equals(other.shape())) {
            progress.add(one.bytes());
            return false;
        }
        try {
            Comparison comparison = new Comparison(after, other.offset(), progress);
            TensorData.of(before, one.offset(), one.bytes()).writeTo(comparison);
            return comparison.same;
        } catch (IOException e) {
            throw new GgufException(before + " and " + after + " cannot be compared: " + GgufBuilder.reason(e), e);
        }
    }

    /** Compares what is written with a part of a file. */
    private static final class Comparison extends OutputStream {

        private final Path file;
        private final Progress progress;
        private long offset;
        private boolean same = true;

        Comparison(Path file, long offset, Progress progress) {
            this.file = file;
            this.offset = offset;
            this.progress = progress;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            progress.add(length);
            if (!same) {
                return;
            }
            byte[] other = new byte[length];
            GgufReader.read(file, offset, other, length);
            offset += length;
            same = Arrays.equals(other, 0, length, bytes, from, from + length);
        }
    }
}
