package dev.tokapu.engine.run;

import dev.tokapu.LoraSet;
import dev.tokapu.SequenceState;
import dev.tokapu.engine.disk.DiskEntry;
import dev.tokapu.engine.disk.DiskMatch;
import dev.tokapu.engine.disk.DiskTier;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.schedule.PrefixTiers;
import dev.tokapu.engine.schedule.SavedPrefix;
import dev.tokapu.engine.schedule.ScheduledRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The disk tier of an engine's prefix cache: what is saved in host memory is written, and what a request begins with is read into host
 * memory before it gets its slots.
 *
 * <p>Thread safety: confined to the engine's thread, but for {@link #close}.
 */
public final class DiskPrefixes implements AutoCloseable {

    private final DiskTier<SavedSequence> disk;
    private final EngineConfig config;
    private final Map<Long, List<ScheduledRequest<?>>> loading = new HashMap<>(); // by entry
    private final ReadSpeed reading = new ReadSpeed();

    private DiskPrefixes(DiskTier<SavedSequence> disk, EngineConfig config) {
        this.disk = disk;
        this.config = config;
    }

    /**
     * Opens a directory.
     *
     * @param bytes how much its files may take
     * @param key what states of the engine's context must have in common
     * @param name of the engine
     * @throws IOException when it cannot be used
     */
    public static DiskPrefixes open(Path directory, long bytes, String key, EngineConfig config, String name)
            throws IOException {
        return new DiskPrefixes(
                DiskTier.open(directory, bytes, key, LoraSet.NONE, !config.trimsKept(), Format.of(key), name), config);
    }

    /** {@code overhead}: what a state takes in a file beside llama.cpp's part, or a little more. */
    record Format(int overhead) implements DiskTier.Format<SavedSequence> {

        private static final int FIXED = 64;

        static Format of(String key) {
            return new Format(FIXED + key.getBytes(StandardCharsets.UTF_8).length);
        }

        @Override
        public long bytes(SavedSequence state) {
            return state.bytes() + overhead;
        }

        @Override
        public void write(SavedSequence state, OutputStream out) throws IOException {
            state.state().writeTo(out);
        }

        @Override
        public SavedSequence read(InputStream in) throws IOException {
            return new SavedSequence(SequenceState.read(in));
        }

        @Override
        public void discard(SavedSequence state) {
            state.close();
        }
    }

    /** Something is in host memory. */
    void saved(SavedPrefix prefix) {
        if (prefix.state() instanceof SavedSequence state) {
            SavedSequence held = state.hold();
            if (!disk.store(prefix.scope(), prefix.tokens(), prefix.length(), held, SavedSequence::close)) {
                held.close();
            }
        }
    }

    /** Whether so much waits to be written that nothing more is taken. */
    boolean isFull() {
        return disk.isFull();
    }

    /**
     * A request waits for slots: if a file has more of its prompt than is in memory, it waits for that, unless it is computed faster than the
     * last files were read.
     */
    void offered(ScheduledRequest<EngineTask> request, EngineLoop loop) {
        PrefixScope scope = request.prefix();
        if (scope == null) {
            return;
        }
        PrefixTiers tiers = loop.scheduler().tiers();
        DiskMatch match = disk.match(scope, request.prefillTokenIds(), tiers.mostFound(request));
        if (match == null || match.entry().bytes() > config.hostBytes()) {
            return;
        }
        DiskEntry entry = match.entry();
        int gain = match.length() - tiers.found(request);
        if (gain < config.smallestMatch() || reading.isSlower(entry.bytes(), gain * loop.prefillNanos())) {
            return;
        }
        tiers.hold(request);
        List<ScheduledRequest<?>> waiting = loading.get(entry.serial());
        if (waiting != null) {
            waiting.add(request);
            return;
        }
        loading.put(entry.serial(), new ArrayList<>(List.of(request)));
        long begun = System.nanoTime();
        disk.load(entry, state -> loop.tell(new Loaded(entry, state, begun)));
    }

    private record Loaded(DiskEntry entry, @Nullable SavedSequence state, long begun) implements Mailbox.Command {

        @Override
        public void apply(EngineLoop loop) {
            DiskPrefixes disk = loop.disk();
            if (disk != null) {
                disk.loaded(this, loop.scheduler().tiers());
            }
        }

        @Override
        public void refuse(EngineLoop loop, TokenChannel.Ending ending) {
            if (state != null) {
                state.close();
            }
        }
    }

    private void loaded(Loaded loaded, PrefixTiers tiers) {
        DiskEntry entry = loaded.entry();
        SavedSequence state = loaded.state();
        if (state != null) {
            reading.read(entry.bytes(), System.nanoTime() - loaded.begun());
        }
        List<ScheduledRequest<?>> waiting = loading.remove(entry.serial());
        if (state != null && disk.has(entry)) {
            tiers.add(entry.scope(), entry.tokens(), entry.length(), state);
        } else if (state != null) {
            state.close(); // evicted meanwhile
        }
        if (waiting != null) {
            waiting.forEach(tiers::proceed);
        }
    }

    /** What is on the disk. */
    public List<DiskEntry> entries() {
        return disk.entries();
    }

    /** The state of an entry, to be closed; null when it is gone. */
    public CompletableFuture<@Nullable SavedSequence> state(long serial) {
        CompletableFuture<@Nullable SavedSequence> state = new CompletableFuture<>();
        for (DiskEntry entry : disk.entries()) {
            if (entry.serial() == serial) {
                disk.load(entry, state::complete);
                return state;
            }
        }
        state.complete(null);
        return state;
    }

    /** Deletes an entry; false when it was gone. */
    public boolean evict(long serial) {
        return disk.remove(serial);
    }

    /** Deletes all entries of some scopes, also what is being written; returns how many files there were. */
    public int evictIf(Predicate<PrefixScope> scopes) {
        return disk.removeIf(scopes);
    }

    /** What its files take. */
    long bytes() {
        return disk.bytes();
    }

    /** Writes what is queued, as far as that does not take too long. */
    @Override
    public void close() {
        disk.close();
    }
}
