package dev.tokapu.internal.text;

import dev.tokapu.Context;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.internal.natives.NativeAdapters;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which adapters the tokens of a prompt, and of its answer, are computed with: an activated one (aLoRA) from its invocation on, the others from the
 * beginning. As in llama-server, the invocation is the last place of its tokens, it begins with the token before them, and a prompt without one does
 * not get the adapter at all.
 *
 * <p>Thread safety: immutable.
 *
 * @param set what was asked for
 * @param before the adapters of the tokens before {@code from}
 * @param after those of the others
 * @param from the first token with an activated adapter, {@link #NEVER} without one
 */
public record Activation(LoraSet set, LoraSet before, LoraSet after, int from) {

    /** No token has an activated adapter. */
    public static final int NEVER = Integer.MAX_VALUE;

    /** Without adapters. */
    public static final Activation NONE = new Activation(LoraSet.NONE, LoraSet.NONE, LoraSet.NONE, NEVER);

    /**
     * Looks for the invocation.
     *
     * @param set the adapters
     * @param prompt the tokens of the prompt
     * @throws IllegalArgumentException when there are several activated adapters
     */
    public static Activation of(LoraSet set, int[] prompt) {
        List<LoraAdapter> activated = set.scales().keySet().stream()
                .filter(adapter -> adapter.invocationTokens().length > 0)
                .toList();
        if (activated.isEmpty()) {
            return new Activation(set, set, set, NEVER);
        }
        if (activated.size() > 1) {
            throw new IllegalArgumentException(
                    "the adapters " + activated + " are activated ones (aLoRA); a prompt can have one");
        }
        LoraSet others = set.with(activated.get(0), 0);
        int at = last(activated.get(0).invocationTokens(), prompt);
        return at < 0
                ? new Activation(set, others, others, NEVER)
                : new Activation(set, others, set, Math.max(0, at - 1));
    }

    private static int last(int[] wanted, int[] tokens) {
        for (int at = tokens.length - wanted.length; at >= 0; at--) {
            int same = 0;
            while (same < wanted.length && tokens[at + same] == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return at;
            }
        }
        return -1;
    }

    /** {@return whether tokens have different adapters} */
    public boolean changes() {
        return from != NEVER;
    }

    /** {@return whether some tokens do not get all adapters that the context was given; one that was closed works on where all do} */
    public boolean isPartial() {
        return !before.equals(set);
    }

    /** {@return the adapters of the token at a position} */
    public LoraSet at(int position) {
        return position < from ? before : after;
    }

    /** {@return how many tokens from the beginning have the same adapters as with another one} */
    public int common(Activation other) {
        int first = Math.min(from, other.from);
        int second = Math.max(from, other.from);
        if (first > 0 && !before.equals(other.before)) {
            return 0;
        }
        if (first < second && !at(first).equals(other.at(first))) {
            return first;
        }
        return second == NEVER || after.equals(other.after) ? NEVER : second;
    }

    /** {@return the same after tokens were removed and those behind them have moved up} */
    public Activation without(int start, int end) {
        if (!changes() || from <= start) {
            return this;
        }
        return new Activation(set, before, after, Math.max(start, from - (end - start)));
    }

    /** By hand: what the JDK makes of records stays in its soft caches, and with it the class loader. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Activation that
                && from == that.from
                && set.equals(that.set)
                && before.equals(that.before)
                && after.equals(that.after);
    }

    @Override
    public int hashCode() {
        return Objects.hash(set, from);
    }

    /** Has a context compute with adapters for a while; {@link Context#adapters()} stays as it is. */
    static void use(Context context, LoraSet adapters) {
        Map<NativeHandle, Float> scales = new HashMap<>();
        adapters.scales().forEach((adapter, scale) -> scales.put(NativeHandles.of(adapter), scale));
        NativeAdapters.set(NativeHandles.of(context), scales);
    }
}
