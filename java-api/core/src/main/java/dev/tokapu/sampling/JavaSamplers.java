package dev.tokapu.sampling;

import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.SamplerCallback;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The samplers of one chain that are written in Java, and what they threw.
 *
 * <p>Thread safety: confined to the chain, like its calls.
 */
final class JavaSamplers {

    private final NativeApi api;
    private final List<Adapter> adapters = new ArrayList<>();
    private @Nullable Throwable thrown;
    private @Nullable JavaSamplers copies;

    JavaSamplers(NativeApi api) {
        this.api = api;
    }

    /** Appends a sampler to the native chain and returns the status. */
    int add(long chain, CustomSampler sampler) {
        Adapter adapter = new Adapter(this, sampler);
        int status = api.samplers()
                .addCallback(chain, NativeErrors.utf8(sampler.name()), sampler.selects() ? 1 : 0, adapter);
        if (status >= 0) {
            adapters.add(adapter);
        }
        return status;
    }

    /** The samplers, in the order of the chain. */
    List<CustomSampler> samplers() {
        return adapters.stream().map(adapter -> adapter.sampler).toList();
    }

    /** The samplers of a chain with these, the copies, in place of its own. */
    List<Sampler> in(List<Sampler> chain) {
        Iterator<CustomSampler> customs = samplers().iterator();
        List<Sampler> list = new ArrayList<>();
        for (Sampler sampler : chain) {
            boolean inJava = sampler instanceof CustomSampler || sampler instanceof CustomLogits;
            Sampler copy = inJava ? customs.next() : sampler;
            list.add(sampler instanceof CustomLogits ? sampler : copy);
        }
        return List.copyOf(list);
    }

    /** Runs a native copy, during which each sampler copies itself into the result. */
    JavaSamplers copyDuring(Runnable nativeCopy) {
        JavaSamplers result = new JavaSamplers(api);
        copies = result;
        try {
            nativeCopy.run();
        } finally {
            copies = null;
        }
        return result;
    }

    /** Tells each sampler of the prompt, up to one that throws. */
    void prompt(int[] tokens) {
        try {
            for (Adapter adapter : adapters) {
                adapter.sampler.prompt(tokens.clone());
            }
        } catch (Throwable t) {
            thrown = t;
        }
    }

    /** What the last failed call threw, once. */
    @Nullable
    Throwable takeThrown() {
        Throwable result = thrown;
        thrown = null;
        return result;
    }

    /** What C knows of one sampler. What it throws fails the native call, whose caller finds it in {@link #takeThrown}. */
    private static final class Adapter implements SamplerCallback {

        private final JavaSamplers owner;
        private final CustomSampler sampler;
        private final TokenCandidates candidates = new TokenCandidates();

        Adapter(JavaSamplers owner, CustomSampler sampler) {
            this.owner = owner;
            this.sampler = sampler;
        }

        @Override
        public void apply(int n) {
            try {
                candidates.load(owner.api, n);
                sampler.apply(candidates);
                if (sampler.selects() && candidates.selected().isEmpty()) {
                    throw new IllegalStateException("the sampler " + sampler + " selects() a token, but its apply()"
                            + " selected none; call TokenCandidates.select(index)");
                }
                candidates.store(owner.api);
            } catch (Throwable t) {
                owner.thrown = t;
                throw t;
            } finally {
                candidates.end();
            }
        }

        @Override
        public void accept(int token) {
            try {
                sampler.accept(token);
            } catch (Throwable t) {
                owner.thrown = t;
                throw t;
            }
        }

        @Override
        public void reset() {
            try {
                sampler.reset();
            } catch (Throwable t) {
                owner.thrown = t;
                throw t;
            }
        }

        @Override
        public SamplerCallback copy() {
            JavaSamplers target = Objects.requireNonNull(owner.copies, "a copy outside of SamplerChain.copy()");
            try {
                CustomSampler copy = sampler.copy();
                if (copy == null) {
                    throw new IllegalStateException("copy() of the sampler " + sampler + " returned null");
                }
                Adapter adapter = new Adapter(target, copy);
                target.adapters.add(adapter);
                return adapter;
            } catch (Throwable t) {
                owner.thrown = t;
                throw t;
            }
        }
    }
}
