package dev.tokapu.engine.schedule;

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

    ScheduledRequest<String> make() {
        return ScheduledRequest.builder(id)
                .tenant(tenant)
                .priority(priority)
                .time(arrival, deadline)
                .promptTokens(prompt)
                .outputsFrom(Math.min(outputsFrom, prompt))
                .maxTokens(max)
                .branches(branches)
                .group(group)
                .promptOnly(promptOnly)
                .whole(whole)
                .build("request " + id);
    }
}
