package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.tokapu.engine.RequestTimings;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an answer besides its message: LangChain4j's metadata, and where the time went.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class TokapuChatResponseMetadata extends ChatResponseMetadata {

    private final @Nullable RequestTimings timings;

    private TokapuChatResponseMetadata(Builder builder) {
        super(builder);
        this.timings = builder.timings;
    }

    /** {@return the tokens, of models of this artifact a {@link TokapuTokenUsage}} */
    @Override
    public TokapuTokenUsage tokenUsage() {
        return (TokapuTokenUsage) super.tokenUsage();
    }

    /** {@return where the time of the request went; null when it was not set} */
    public @Nullable RequestTimings timings() {
        return timings;
    }

    /** {@return a builder that starts empty} */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Builder toBuilder() {
        Builder builder = builder();
        toBuilder(builder);
        return builder.timings(timings);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokapuChatResponseMetadata that
                && super.equals(that)
                && Objects.equals(timings, that.timings);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), timings);
    }

    @Override
    public String toString() {
        return "TokapuChatResponseMetadata[id=" + id() + ", modelName=" + modelName() + ", tokenUsage=" + tokenUsage()
                + ", finishReason=" + finishReason() + ", timings=" + timings + "]";
    }

    /**
     * A builder for {@link TokapuChatResponseMetadata}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder extends ChatResponseMetadata.Builder<Builder> {

        private @Nullable RequestTimings timings;

        private Builder() {}

        /** Sets where the time of the request went. */
        public Builder timings(@Nullable RequestTimings value) {
            timings = value;
            return this;
        }

        @Override
        public TokapuChatResponseMetadata build() {
            return new TokapuChatResponseMetadata(this);
        }
    }
}
