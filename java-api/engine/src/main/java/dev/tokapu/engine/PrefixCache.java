package dev.tokapu.engine;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.run.EngineLoop;
import dev.tokapu.engine.run.Mailbox;
import dev.tokapu.engine.run.SavedSequence;
import dev.tokapu.engine.run.TokenChannel;
import dev.tokapu.text.Usage;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Engine} keeps of requests that have ended, for requests that begin with the same tokens. It works by itself; this is
 * to look at it and to say what stays.
 *
 * <p>Only requests of the same tenant, with the same adapters, share what was computed; what is {@linkplain PrefixRequest#isPublic()
 * public} is shared by all tenants.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class PrefixCache {

    private final Engine engine;

    PrefixCache(Engine engine) {
        this.engine = engine;
    }

    /**
     * Computes the beginning of prompts to come, unless that was done before, and keeps it, on each replica of the engine. It is computed beside
     * the other requests, as one of its tenant and priority.
     *
     * @param request the beginning, and for whom it is kept
     * @return its length, and how much of it had been computed before, at least. It fails as {@link Engine#score} does
     * @throws RequestRejectedException when the queue is full
     * @throws dev.tokapu.exception.ContextOverflowException when it is too long for a sequence
     * @throws UnsupportedOperationException when the engine keeps nothing
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public CompletableFuture<Usage> warm(PrefixRequest request) {
        return engine.submitter.warm(engine, request);
    }

    /**
     * What is kept now, live sequences not included.
     *
     * @return by tier, those of the KV cache by sequence
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public List<CachedPrefix> entries() {
        List<CachedPrefix> all = new ArrayList<>();
        ask(PrefixEntries::list).forEach(all::addAll);
        return all;
    }

    /**
     * Keeps an entry until it is unpinned or evicted. A pinned entry still goes when a request could not run otherwise.
     *
     * @param entry one of {@link #entries()}
     * @return false when it is gone
     */
    public boolean pin(CachedPrefix entry) {
        long id = entry.id();
        return ask(entries -> entries.pin(id, true)).contains(true);
    }

    /**
     * Lets an entry be evicted again.
     *
     * @param entry one of {@link #entries()}
     * @return false when it is gone
     */
    public boolean unpin(CachedPrefix entry) {
        long id = entry.id();
        return ask(entries -> entries.pin(id, false)).contains(true);
    }

    /**
     * Evicts an entry, pinned or not.
     *
     * @param entry one of {@link #entries()}
     * @return false when it was gone
     */
    public boolean evict(CachedPrefix entry) {
        long id = entry.id();
        return ask(entries -> entries.evict(id)).contains(true);
    }

    /**
     * Evicts all entries of a tenant from all tiers, pinned or not; its files are deleted. Nothing is kept of requests that have ended.
     *
     * @param tenant its name
     * @return how many of {@link #entries()} there were; what is in several tiers counts in each
     */
    public int evictTenant(String tenant) {
        Objects.requireNonNull(tenant, "tenant");
        return evictIf(scope -> scope.tenant().equals(tenant));
    }

    /**
     * Evicts all entries from all tiers, pinned or not; the files are deleted, those of other models in the directory too. Nothing is kept
     * of requests that have ended.
     *
     * @return how many of {@link #entries()} there were; what is in several tiers counts in each
     */
    public int clear() {
        return evictIf(scope -> true);
    }

    private int evictIf(Predicate<PrefixScope> scopes) {
        return ask(entries -> entries.evictIf(scopes)).stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    /**
     * Writes an entry to a file, with its tokens, that {@link dev.tokapu.SequenceState#load} reads: for a context of the same
     * {@linkplain dev.tokapu.SequenceState#key key}, whatever it belongs to.
     *
     * @param entry one of {@link #entries()}
     * @param file the file, written as {@link dev.tokapu.SequenceState#save} does
     * @return false when the entry is gone, and the file is as before
     * @throws IOException when writing fails
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public boolean export(CachedPrefix entry, Path file) throws IOException {
        Objects.requireNonNull(file, "file");
        long id = entry.id();
        try {
            for (CompletableFuture<@Nullable SavedSequence> found : ask(entries -> entries.state(id))) {
                SavedSequence state = found.join();
                if (state != null) {
                    try (state) {
                        state.state().save(file);
                    }
                    return true;
                }
            }
            return false;
        } finally {
            Reference.reachabilityFence(engine);
        }
    }

    /**
     * Shows an observer what is kept, and what comes and goes from now on, some milliseconds later. What comes and goes while it is slow
     * is not shown.
     *
     * @param observer is called on threads of its own, one event at a time: first for each entry that is there. What it throws is logged
     * @return ends that when it is run
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public Runnable observe(Consumer<PrefixCacheEvent> observer) {
        Objects.requireNonNull(observer, "observer");
        Object turn = new Object();
        Consumer<PrefixCacheEvent> oneAtATime = event -> {
            synchronized (turn) {
                observer.accept(event);
            }
        };
        List<Runnable> ends = engine.replicas.open().stream()
                .map(core -> core.watch(oneAtATime))
                .toList();
        return () -> ends.forEach(Runnable::run);
    }

    /** {@return the numbers of this moment} */
    public PrefixCacheSnapshot snapshot() {
        return PrefixCacheSnapshot.of(engine.replicas.cores().stream()
                .map(core -> core.meter().prefixCache)
                .toList());
    }

    /** What is asked between two steps. */
    private interface Question<R> {
        R answer(PrefixEntries entries);
    }

    /** The answers of the replicas that are open and stay so, which work on them at the same time. */
    private <R> List<R> ask(Question<R> question) {
        List<Ask<R>> asked = new ArrayList<>();
        try {
            for (EngineCore core : engine.replicas.open()) {
                Ask<R> ask = new Ask<>(question, core.config().contextSequences(), new CompletableFuture<>());
                core.loop().tell(ask);
                asked.add(ask);
            }
            List<R> answers = new ArrayList<>();
            Throwable refusal = null;
            for (Ask<R> ask : asked) {
                try {
                    answers.add(ask.result().join());
                } catch (CompletionException e) {
                    refusal = e.getCause();
                }
            }
            if (answers.isEmpty()) {
                throw new IllegalStateException("the engine is closed", refusal);
            }
            return answers;
        } finally {
            Reference.reachabilityFence(engine);
        }
    }

    private record Ask<R>(Question<R> question, int sequences, CompletableFuture<R> result) implements Mailbox.Command {

        @Override
        public void apply(EngineLoop loop) {
            try {
                result.complete(question.answer(new PrefixEntries(loop, sequences)));
            } catch (Throwable e) {
                result.completeExceptionally(e);
                throw e;
            }
        }

        @Override
        public void refuse(EngineLoop loop, TokenChannel.Ending ending) {
            result.completeExceptionally(new IllegalStateException("the engine is closed", ending.failure()));
        }
    }
}
