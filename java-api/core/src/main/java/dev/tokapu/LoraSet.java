package dev.tokapu;

import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.internal.natives.NativeAdapters;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The LoRA adapters that a context uses, each with its scale, and its control vector. Sets are equal when they hold the same adapters with the same
 * scales, whatever their order, and the same vector, so that requests can be grouped by them; an adapter with scale 0 does nothing and is not part of a
 * set.
 *
 * <p>Adapters change what the model computes, and so the content of the KV cache: what was decoded with one set is a wrong
 * beginning for another. After {@link #applyTo} a sequence can go on as it is only where that is wanted; otherwise clear it and
 * decode its tokens again. All sequences of a context have the same adapters at a time. Chat sessions, generators and engines see to this
 * themselves.
 *
 * <p>A set may have one activated adapter (aLoRA, {@link LoraAdapter#invocationTokens}). Chat sessions, generators and engines compute a prompt
 * without it up to its invocation; where a context decodes batches it works on all their tokens.
 *
 * <p>Thread safety: immutable, safe for any number of threads.
 *
 * @param scales what each adapter's contribution is multiplied with; 1 is as it was trained
 * @param vector what is added to the outputs of layers; null for nothing
 * @since 0.1
 */
public record LoraSet(
        Map<LoraAdapter, Float> scales, @Nullable ControlVector vector) {

    /** The model as it is. */
    public static final LoraSet NONE = new LoraSet(Map.of(), null);

    public LoraSet {
        Map<LoraAdapter, Float> used = new HashMap<>();
        scales.forEach((adapter, scale) -> {
            if (!Float.isFinite(scale)) {
                throw new IllegalArgumentException(
                        "the scale of " + adapter + " is " + scale + "; it must be a finite number");
            }
            if (scale != 0) {
                used.put(adapter, scale);
            }
        });
        long models = used.keySet().stream().map(LoraAdapter::model).distinct().count();
        if (models > 1) {
            throw new IllegalArgumentException(
                    "the adapters " + used.keySet() + " are for " + models + " different models; a set is for one");
        }
        scales = Collections.unmodifiableMap(used);
    }

    /**
     * One adapter as it was trained.
     *
     * @param adapter the adapter
     */
    public static LoraSet of(LoraAdapter adapter) {
        return of(adapter, 1);
    }

    /**
     * One adapter.
     *
     * @param adapter the adapter
     * @param scale what its contribution is multiplied with
     */
    public static LoraSet of(LoraAdapter adapter, double scale) {
        return new LoraSet(Map.of(adapter, (float) scale), null);
    }

    /**
     * A control vector alone.
     *
     * @param vector the vector
     */
    public static LoraSet of(ControlVector vector) {
        return new LoraSet(Map.of(), vector);
    }

    /**
     * The same with a further adapter, or another scale of one that it has.
     *
     * @param adapter the adapter
     * @param scale what its contribution is multiplied with; 0 takes it away
     */
    public LoraSet with(LoraAdapter adapter, double scale) {
        Map<LoraAdapter, Float> changed = new HashMap<>(scales);
        changed.put(adapter, (float) scale);
        return new LoraSet(changed, vector);
    }

    /**
     * The same with another control vector.
     *
     * @param value the vector, in place of one that it has ({@link ControlVector#plus} adds two up); null for none
     */
    public LoraSet with(@Nullable ControlVector value) {
        return new LoraSet(scales, value);
    }

    /** {@return whether it has neither adapters nor a control vector and leaves the model as it is} */
    public boolean isEmpty() {
        return scales.isEmpty() && vector == null;
    }

    /**
     * Checks that it is for a model.
     *
     * @param models the model, or the same one loaded several times; an adapter may be for any of them
     * @throws IllegalArgumentException when an adapter was loaded for another one, or the control vector has other sizes
     */
    public void requireFit(List<Model> models) {
        for (LoraAdapter adapter : scales.keySet()) {
            if (!models.contains(adapter.model())) {
                throw new IllegalArgumentException(
                        adapter + " was loaded for another model than " + models.get(0) + "; load it for this one");
            }
        }
        if (vector != null) {
            vector.requireFit(models.get(0));
        }
    }

    /**
     * Replaces the adapters and the control vector of a context by these, from its next decode on. A change costs planning the context's
     * memory anew, about as long as it took when the context was made without its KV cache; the same set again costs nothing.
     *
     * @param context a context of the adapters' model
     * @throws IllegalArgumentException when it is for another model
     * @throws IllegalStateException when an adapter or the context is closed, or another thread uses the context
     * @throws UnsupportedOperationException when the model cannot compute with these adapters; it has those of before
     * @throws ContextCreationException when there is no memory to compute with them; it has those of before
     */
    public void applyTo(Context context) {
        requireFit(List.of(context.model()));
        LoraSet before = context.adapters();
        NativeAdapters.set(NativeHandles.of(context), handles());
        try {
            if (!Objects.equals(vector, before.vector)) {
                ControlVector.set(context, vector);
            }
        } catch (RuntimeException | Error e) {
            restore(context, before, e);
            throw e;
        }
        context.given = this;
    }

    private static void restore(Context context, LoraSet before, Throwable cause) {
        try {
            NativeAdapters.set(NativeHandles.of(context), before.handles());
        } catch (RuntimeException | Error e) {
            cause.addSuppressed(e);
        }
    }

    private Map<NativeHandle, Float> handles() {
        Map<NativeHandle, Float> handles = new HashMap<>();
        scales.forEach((adapter, scale) -> handles.put(adapter.handle(), scale));
        return handles;
    }

    /** For the states of sequences: lines of what they were computed with, the same in each process; empty for none. */
    String description() {
        String adapters = scales.entrySet().stream()
                .map(entry -> entry.getKey().description() + " * " + entry.getValue())
                .sorted()
                .collect(Collectors.joining(", "));
        return (adapters.isEmpty() ? "" : "adapters\t" + adapters + '\n')
                + (vector == null ? "" : "control vector\t" + vector.description() + '\n');
    }

    /** By hand: what the JDK makes of records stays in its soft caches, and with it the class loader. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LoraSet that && scales.equals(that.scales) && Objects.equals(vector, that.vector);
    }

    @Override
    public int hashCode() {
        return 31 * scales.hashCode() + Objects.hashCode(vector);
    }
}
