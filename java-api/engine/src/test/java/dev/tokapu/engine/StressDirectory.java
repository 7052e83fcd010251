package dev.tokapu.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The directory of a disk tier between two lives of the process that uses it: it is measured, and files are damaged.
 *
 * <p>Thread safety: for one thread.
 */
final class StressDirectory {

    private static final String ENTRY = ".tokapu-prefix";
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    private final Path path;
    private final Map<Path, FileTime> damaged = new HashMap<>();
    private int count;

    StressDirectory(Path path) {
        this.path = path;
    }

    private static List<Path> files(Path path, String end) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }

    /** Files that were not written to their end. */
    static List<Path> parts(Path path) throws IOException {
        return files(path, ".part");
    }

    /** What all of its files take. */
    long bytes() throws IOException {
        long sum = 0;
        for (Path file : files(path, "")) {
            sum += Files.size(file);
        }
        return sum;
    }

    /** How many files were damaged. */
    int damaged() {
        return count;
    }

    /** Changes a byte of a file, or cuts it off. */
    void damage(Random random) throws IOException {
        List<Path> files = files(path, ENTRY);
        if (files.isEmpty()) {
            return;
        }
        Path file = files.get(random.nextInt(files.size()));
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long at = (long) (random.nextDouble() * bytes.length());
            if (random.nextInt(4) == 0) {
                bytes.setLength(at);
            } else {
                bytes.seek(at);
                int value = bytes.read();
                bytes.seek(at);
                bytes.write(value ^ (1 << random.nextInt(8)));
            }
        }
        // One that is used again gets the time of that.
        Files.setLastModifiedTime(file, LONG_AGO);
        damaged.put(file, Files.getLastModifiedTime(file));
        count++;
    }

    /** Damaged files that were used since. */
    List<Path> accepted() throws IOException {
        List<Path> accepted = new java.util.ArrayList<>();
        for (Map.Entry<Path, FileTime> file : damaged.entrySet()) {
            if (Files.exists(file.getKey())
                    && !Files.getLastModifiedTime(file.getKey()).equals(file.getValue())) {
                accepted.add(file.getKey());
            }
        }
        return accepted;
    }
}
