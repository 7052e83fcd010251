package dev.tokapu.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.internal.util.IntList;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tiers whose states are texts. */
final class DiskFixture {

    static final Object ADAPTERS = "no adapters";
    static final String KEY = "model\tsome\nkv\tf16";
    static final long PLENTY = 1 << 30;
    static final Duration NO_PAUSE = Duration.ZERO;
    static final PrefixScope ALICE = scope("alice");
    static final PrefixScope BOB = scope("bob");
    static final PrefixScope PUBLIC = new PrefixScope(ADAPTERS, PrefixScope.EVERYBODY);
    private static final long PATIENCE_SECONDS = 120;

    private DiskFixture() {}

    /** A format without checks of its own. */
    static class Texts implements DiskTier.Format<String> {

        final AtomicInteger discarded = new AtomicInteger();

        @Override
        public long bytes(String state) {
            return Integer.BYTES + (long) Character.BYTES * state.length();
        }

        @Override
        public void write(String state, OutputStream out) throws IOException {
            DataOutputStream data = new DataOutputStream(out);
            data.writeInt(state.length());
            data.writeChars(state);
        }

        @Override
        public String read(InputStream in) throws IOException {
            DataInputStream data = new DataInputStream(in);
            int length = data.readInt();
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                text.append(data.readChar());
            }
            return text.toString();
        }

        @Override
        public void discard(String state) {
            discarded.incrementAndGet();
        }
    }

    static PrefixScope scope(String tenant) {
        return new PrefixScope(ADAPTERS, tenant);
    }

    static DiskTier<String> open(Path directory) throws IOException {
        return open(directory, PLENTY, new Texts());
    }

    static DiskTier<String> open(Path directory, long mostBytes, Texts format) throws IOException {
        return DiskTier.open(directory, mostBytes, KEY, ADAPTERS, false, format, "test", NO_PAUSE);
    }

    static IntList list(int... tokens) {
        IntList list = new IntList();
        list.addAll(tokens);
        return list;
    }

    /** Stores and waits; false when it was not taken. */
    static boolean store(DiskTier<String> tier, PrefixScope scope, String state, int... tokens) {
        CompletableFuture<String> done = new CompletableFuture<>();
        boolean queued = tier.store(scope, list(tokens), tokens.length, state, done::complete);
        if (queued) {
            assertThat(get(done)).isSameAs(state);
        }
        return queued;
    }

    static @Nullable String load(DiskTier<String> tier, DiskEntry entry) {
        CompletableFuture<@Nullable String> loaded = new CompletableFuture<>();
        tier.load(entry, loaded::complete);
        return get(loaded);
    }

    static @Nullable String load(DiskTier<String> tier, PrefixScope scope, int... prompt) {
        DiskMatch match = tier.match(scope, prompt, prompt.length);
        return match == null ? null : load(tier, match.entry());
    }

    static int matched(DiskTier<String> tier, PrefixScope scope, int... prompt) {
        DiskMatch match = tier.match(scope, prompt, prompt.length);
        return match == null ? 0 : match.length();
    }

    static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** The files of entries. */
    static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".tokapu-prefix"))
                    .sorted()
                    .toList();
        }
    }

    static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    static long threads(String begin) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(begin))
                .count();
    }
}
