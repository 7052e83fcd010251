package dev.tokapu.examples.search;

/** What a question and a passage have in common. */
public enum SearchBy {
    /** Vectors close to each other: other words for the same thing. */
    MEANING,

    /** Words, by BM25: names and numbers. */
    WORDS,

    /** Both lists joined. */
    BOTH
}
