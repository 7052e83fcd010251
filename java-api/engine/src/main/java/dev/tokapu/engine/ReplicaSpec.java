package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.SequenceState;
import dev.tokapu.engine.run.DiskPrefixes;
import dev.tokapu.engine.run.EngineConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a replica of an engine is started.
 *
 * <p>Thread safety: immutable.
 *
 * @param options its share of what the engine is to have
 */
record ReplicaSpec(Model model, EngineOptions options, EngineConfig config) {

    private static final int MOST_SEQUENCES = 256; // of a context in llama.cpp

    static ReplicaSpec of(Model model, EngineOptions options) {
        return new ReplicaSpec(
                model, options, OptionsResolver.resolve(model, options).build());
    }

    /** A replica for each model, and as many times that as it takes for all sequences. */
    static List<ReplicaSpec> of(List<Model> models, EngineOptions options) {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("there is no model; give one for each replica");
        }
        int sequences = options.maxSequences();
        if (sequences < models.size()) {
            throw new IllegalArgumentException("maxSequences is " + sequences + ", but there are " + models.size()
                    + " models, each with a replica of its own; raise maxSequences, which is for all of them together");
        }
        requireOneModel(models);
        int each = models.size() * MOST_SEQUENCES;
        int replicas = models.size() * ((sequences + each - 1) / each);
        List<ReplicaSpec> specs = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            specs.add(of(models.get(i % models.size()), share(options, i, replicas)));
        }
        return specs;
    }

    /** The same, with the micro-batch that every device has memory for. */
    ReplicaSpec withSmallMicroBatch() {
        return of(model, OptionsResolver.withSmallMicroBatch(options));
    }

    /** Files with one name may differ: answers would depend on where they are computed. */
    private static void requireOneModel(List<Model> models) {
        Model first = models.get(0);
        for (Model other : models) {
            if (!other.info().equals(first.info())
                    || other.vocab().size() != first.vocab().size()) {
                throw new IllegalArgumentException("the models differ: " + first.info() + " and " + other.info()
                        + "; load the same file for each replica");
            }
        }
    }

    private static EngineOptions share(EngineOptions all, int index, int replicas) {
        if (replicas == 1) {
            return all;
        }
        int sequences = all.maxSequences() / replicas + (index < all.maxSequences() % replicas ? 1 : 0);
        return all.toBuilder()
                .maxSequences(sequences)
                // What waits may all be here, when others have failed.
                .queueCapacity(
                        Math.min(EngineOptions.MOST_WAITING, all.queueCapacity() + all.maxSequences() - sequences))
                .kvTokens(all.kvTokens() / replicas)
                .prefixCache(share(all.prefixCache(), index, replicas))
                .build();
    }

    /** A directory belongs to one replica; the first one has what an engine with one left there. */
    private static PrefixCacheOptions share(PrefixCacheOptions all, int index, int replicas) {
        PrefixCacheOptions cache = all.withSequences((all.sequences() + replicas - 1) / replicas)
                .withHostMemory(all.hostBytes() / replicas);
        Path directory = all.directory();
        return directory == null
                ? cache
                : cache.withDisk(
                        index == 0 ? directory : directory.resolve("replica-" + index), all.diskBytes() / replicas);
    }

    /** What its prefix cache has on a disk; null for nothing. */
    @Nullable
    DiskPrefixes disk(Context context, String name) {
        PrefixCacheOptions cache = options.prefixCache();
        Path directory = cache.directory();
        if (directory == null || !config.caches()) {
            return null;
        }
        try {
            return DiskPrefixes.open(directory, cache.diskBytes(), SequenceState.key(context), config, name);
        } catch (IOException e) {
            throw new UncheckedIOException("the prefix cache cannot use " + directory + ": " + e.getMessage(), e);
        }
    }
}
