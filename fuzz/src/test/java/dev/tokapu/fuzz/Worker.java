package dev.tokapu.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * The process that may die: runs cases one after the other and leaves behind, in files, which one it is at and what the
 * others came to.
 */
final class Worker {

    /** A number of 8 bytes each: the case, then how often each word was counted. */
    static final int SLOTS = 128;

    private final ByteBuffer state;
    private final Path words;
    private final Map<String, Integer> slots = new LinkedHashMap<>();

    private Worker(Path folder) throws IOException {
        words = folder.resolve("words");
        Files.deleteIfExists(words);
        Files.createFile(words);
        try (FileChannel channel = FileChannel.open(
                folder.resolve("state"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            state = channel.map(FileChannel.MapMode.READ_WRITE, 0, 8L * SLOTS);
        }
        for (int i = 0; i < SLOTS; i++) {
            state.putLong(8 * i, 0);
        }
    }

    /** Arguments: target, folder, seed, number of the first case, number of cases. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]);
        Worker worker = new Worker(folder);
        long seed = Long.parseLong(args[2]);
        long first = Long.parseLong(args[3]);
        try (Target target = Target.open(args[0], folder)) {
            for (long number = first; number < first + Long.parseLong(args[4]); number++) {
                worker.state.putLong(0, number);
                worker.count(target.run(number, random(seed, number)));
            }
        }
    }

    /** Where a case comes from; neighbouring seeds have nothing in common. */
    static Random random(long seed, long number) {
        return new Random((seed * 1_000_003 + number) * 0x9E3779B97F4A7C15L);
    }

    private void count(String word) throws IOException {
        Integer slot = slots.get(word);
        if (slot == null) {
            slot = Math.min(slots.size() + 1, SLOTS - 1);
            slots.put(word, slot);
            Files.writeString(words, word + "\n", StandardOpenOption.APPEND);
        }
        state.putLong(8 * slot, state.getLong(8 * slot) + 1);
    }
}
