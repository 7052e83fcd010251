package dev.tokapu.engine;

/**
 * When a request that ends with its prompt was submitted, and who sees it.
 *
 * @param time when it was, by {@link System#nanoTime}
 * @param observed the request as observers see it
 */
record Arrival(long time, ObservedRequest observed) {

    static Arrival now(ObservedRequest observed) {
        return new Arrival(System.nanoTime(), observed);
    }
}
