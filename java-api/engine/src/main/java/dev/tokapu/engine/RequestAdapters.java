package dev.tokapu.engine;

import dev.tokapu.LoraSet;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.run.AdapterGroups;
import dev.tokapu.engine.schedule.ScheduledRequestBuilder;
import dev.tokapu.internal.text.Activation;
import java.util.Arrays;

/**
 * The adapters of one request: a set from its beginning on, and an activated adapter from the invocation on.
 *
 * <p>Thread safety: immutable.
 *
 * @param before the adapters of the beginning, which others may share
 * @param group their number
 * @param activatedFrom the first token with the activated adapter, {@link Activation#NEVER} without one
 * @param activatedGroup the number of all adapters from there on
 */
record RequestAdapters(LoraSet before, int group, int activatedFrom, int activatedGroup) {

    /** Takes numbers, which the engine's thread gives back at the request's end, and {@link #release} if it does not get that far. */
    static RequestAdapters of(AdapterGroups groups, LoraSet set, int[] tokens) {
        Activation activation = Activation.of(set, tokens);
        int group = groups.number(activation.before());
        int activated = activation.changes() ? groups.number(activation.after()) : group;
        return new RequestAdapters(activation.before(), group, activation.from(), activated);
    }

    /** Of the tokens before an activated adapter alone. */
    static RequestAdapters before(AdapterGroups groups, LoraSet set, int[] tokens) {
        LoraSet before = Activation.of(set, tokens).before();
        int group = groups.number(before);
        return new RequestAdapters(before, group, Activation.NEVER, group);
    }

    /** The tokens before an activated adapter, which others may begin with. */
    static int[] shared(LoraSet set, int[] tokens) {
        int from = Activation.of(set, tokens).from();
        if (from == 0) {
            throw new IllegalArgumentException(
                    "the activated adapter works from the first token on: nothing of the prompt can be shared");
        }
        return from < tokens.length ? Arrays.copyOf(tokens, from) : tokens;
    }

    boolean activates() {
        return activatedFrom != Activation.NEVER;
    }

    /** Who may share what is computed before the activated adapter. */
    PrefixScope scope(Object tenant) {
        return new PrefixScope(before, tenant);
    }

    ScheduledRequestBuilder schedule(ScheduledRequestBuilder schedule) {
        schedule.group(group);
        return activates() ? schedule.activation(activatedFrom, activatedGroup) : schedule;
    }

    void release(AdapterGroups groups) {
        groups.release(group);
        if (activates()) {
            groups.release(activatedGroup);
        }
    }
}
