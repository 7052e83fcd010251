package dev.tokapu.engine;

import dev.tokapu.chat.ChatRequest;
import java.util.Objects;

/**
 * What a {@link Request} begins with.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public sealed interface Prompt {

    /**
     * A text; BOS is added where the model wants it, control tokens in the text are not parsed.
     *
     * @param text the text
     * @since 0.1
     */
    record Text(String text) implements Prompt {

        /** Checks the value. */
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * Tokens, as they are.
     *
     * @param ids at least one; a copy is kept
     * @since 0.1
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Tokens(int[] ids) implements Prompt {

        /** Checks and copies. */
        public Tokens {
            if (ids.length == 0) {
                throw new IllegalArgumentException("the prompt has no tokens; give at least one, for example BOS");
            }
            ids = ids.clone();
        }

        /**
         * The ids.
         *
         * @return a copy
         */
        @Override
        public int[] ids() {
            return ids.clone();
        }
    }

    /**
     * A conversation, rendered by the model's chat template.
     *
     * @param request messages, tools and arguments
     * @since 0.1
     */
    record Chat(ChatRequest request) implements Prompt {

        /** Checks the value. */
        public Chat {
            Objects.requireNonNull(request, "request");
        }
    }
}
