package dev.tokapu.internal.schedule;

/** Makes jobs for tests: a prompt of 4 tokens that generates 4, unless something else is said. */
final class Jobs {

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

    private Jobs(long id) {
        this.id = id;
        this.arrival = id;
    }

    /** A job that arrives at the nanosecond of its id. */
    static Jobs job(long id) {
        return new Jobs(id);
    }

    Jobs tenant(Object value) {
        tenant = value;
        return this;
    }

    Jobs priority(int value) {
        priority = value;
        return this;
    }

    Jobs arrival(long value) {
        arrival = value;
        return this;
    }

    Jobs deadline(long value) {
        deadline = value;
        return this;
    }

    Jobs prompt(int value) {
        prompt = value;
        return this;
    }

    Jobs max(int value) {
        max = value;
        return this;
    }

    Jobs branches(int value) {
        branches = value;
        return this;
    }

    Jobs group(int value) {
        group = value;
        return this;
    }

    Jobs promptOnly() {
        promptOnly = true;
        return this;
    }

    Jobs whole() {
        whole = true;
        return this;
    }

    Jobs outputsFrom(int value) {
        outputsFrom = value;
        return this;
    }

    Job make() {
        return new Job(
                        id,
                        tenant,
                        priority,
                        arrival,
                        deadline,
                        prompt,
                        max,
                        branches,
                        group,
                        promptOnly,
                        whole,
                        "job " + id)
                .outputsFrom(Math.min(outputsFrom, prompt));
    }
}
