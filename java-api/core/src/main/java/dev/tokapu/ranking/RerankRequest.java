package dev.tokapu.ranking;

import java.util.List;
import java.util.Objects;

/**
 * A query, and documents that a {@link Reranker} sorts by how well they fit it.
 *
 * <p>Thread safety: immutable.
 *
 * @param query what is looked for
 * @param documents the documents, at least one
 * @param topN how many of the best are returned, 1 or more; all when there are fewer
 * @param truncated whether a document that is too long, together with the query, loses its end instead of being refused
 * @since 0.1
 */
public record RerankRequest(String query, List<String> documents, int topN, boolean truncated) {

    /**
     * A builder.
     *
     * @param query what is looked for
     * @param documents the documents
     * @return the builder
     */
    public static Builder builder(String query, List<String> documents) {
        return new Builder(query, documents);
    }

    /**
     * A builder for {@link RerankRequest}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final String query;
        private final List<String> documents;
        private int topN = Integer.MAX_VALUE;
        private boolean truncated;

        private Builder(String query, List<String> documents) {
            this.query = query;
            this.documents = documents;
        }

        /** How many of the best documents are returned, 1 or more; default all. */
        public Builder topN(int value) {
            topN = value;
            return this;
        }

        /** Whether documents that are too long lose their end; default false, they are refused. */
        public Builder truncated(boolean value) {
            truncated = value;
            return this;
        }

        /** {@return the request} */
        public RerankRequest build() {
            return new RerankRequest(query, documents, topN, truncated);
        }
    }

    /** Checks the values. */
    public RerankRequest {
        Objects.requireNonNull(query, "query");
        documents = List.copyOf(documents);
        if (documents.isEmpty()) {
            throw new IllegalArgumentException("there are no documents; give at least one");
        }
        if (topN < 1) {
            throw new IllegalArgumentException("topN is " + topN + "; it must be 1 or more");
        }
    }

    /** {@return a request for all documents} */
    public static RerankRequest of(String query, List<String> documents) {
        return builder(query, documents).build();
    }
}
