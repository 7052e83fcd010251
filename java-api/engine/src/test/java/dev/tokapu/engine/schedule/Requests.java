package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.PrefixScope;
import org.jspecify.annotations.Nullable;

/** Makes requests for tests: a prompt of 4 tokens that generates 4, unless something else is said. */
final class Requests {

    private final long id;
    private Object tenant = 0;
    private int priority;
    private long arrival;
    private long deadline = Long.MAX_VALUE;
    private int prompt = 4;
    private int max = 4;
    private int branches = 1;
    private int group;
    private boolean promptOnly;
    private boolean whole;
    private int outputsFrom = Integer.MAX_VALUE;
    private int activatedFrom = Integer.MAX_VALUE;
    private int activatedGroup;
    private @Nullable PrefixScope scope;
    private int[] tokens = {};

    private Requests(long id) {
        this.id = id;
        this.arrival = id;
    }

    /** A request that arrives at the nanosecond of its id. */
    static Requests request(long id) {
        return new Requests(id);
    }

    Requests tenant(Object value) {
        tenant = value;
        return this;
    }

    Requests priority(int value) {
        priority = value;
        return this;
    }

    Requests arrival(long value) {
        arrival = value;
        return this;
    }

    Requests deadline(long value) {
        deadline = value;
        return this;
    }

    Requests prompt(int value) {
        prompt = value;
        return this;
    }

    Requests max(int value) {
        max = value;
        return this;
    }

    Requests branches(int value) {
        branches = value;
        return this;
    }

    Requests group(int value) {
        group = value;
        return this;
    }

    Requests promptOnly() {
        promptOnly = true;
        return this;
    }

    Requests whole() {
        whole = true;
        return this;
    }

    Requests outputsFrom(int value) {
        outputsFrom = value;
        return this;
    }

    Requests activation(int from, int value) {
        activatedFrom = from;
        activatedGroup = value;
        return this;
    }

    Requests prefix(PrefixScope value, int[] text) {
        scope = value;
        tokens = text;
        prompt = text.length;
        return this;
    }

    ScheduledRequest<String> make() {
        ScheduledRequestBuilder builder = ScheduledRequest.builder(id)
                .tenant(tenant)
                .priority(priority)
                .time(arrival, deadline)
                .promptTokens(prompt)
                .outputsFrom(Math.min(outputsFrom, prompt))
                .maxTokens(max)
                .branches(branches)
                .group(group)
                .promptOnly(promptOnly)
                .whole(whole);
        if (scope != null) {
            builder.prefix(scope, tokens);
        }
        if (activatedFrom != Integer.MAX_VALUE) {
            builder.activation(activatedFrom, activatedGroup);
        }
        return builder.build("request " + id);
    }
}
