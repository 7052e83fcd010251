package dev.tokapu.engine;

import java.util.List;
import java.util.Objects;

/**
 * A query and documents of which a {@link Reranker} is asked the best.
 *
 * <p>Thread safety: immutable.
 *
 * @param query what is looked for
 * @param documents the documents, at least one
 * @param topN how many of them are told, 1 or more; more than there are means all
 * @param scheduling priority, deadline, tenant, adapters
 * @since 0.1
 */
public record RerankRequest(String query, List<String> documents, int topN, SchedulingOptions scheduling) {

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
    public static final class Builder implements SchedulingOptionsBuilder<Builder> {

        private final String query;
        private final List<String> documents;
        private int topN = Integer.MAX_VALUE;
        private SchedulingOptions scheduling = SchedulingOptions.defaults();

        private Builder(String query, List<String> documents) {
            this.query = query;
            this.documents = documents;
        }

        /**
         * Sets how many documents are told.
         *
         * @param value 1 or more; all unless set
         * @return this
         */
        public Builder topN(int value) {
            topN = value;
            return this;
        }

        @Override
        public SchedulingOptions scheduling() {
            return scheduling;
        }

        @Override
        public Builder scheduling(SchedulingOptions value) {
            scheduling = Objects.requireNonNull(value, "scheduling");
            return this;
        }

        /**
         * The request.
         *
         * @return the request
         */
        public RerankRequest build() {
            return new RerankRequest(query, documents, topN, scheduling);
        }
    }

    /** Checks the values. */
    public RerankRequest {
        Objects.requireNonNull(query, "query");
        Objects.requireNonNull(scheduling, "scheduling");
        documents = List.copyOf(documents);
        if (documents.isEmpty()) {
            throw new IllegalArgumentException("there are no documents; give at least one");
        }
        if (topN < 1) {
            throw new IllegalArgumentException("topN is " + topN + "; it must be 1 or more");
        }
    }

    /**
     * A request for all documents in their order, with {@link SchedulingOptions#defaults()}.
     *
     * @param query what is looked for
     * @param documents the documents
     * @return the request
     */
    public static RerankRequest of(String query, List<String> documents) {
        return builder(query, documents).build();
    }
}
