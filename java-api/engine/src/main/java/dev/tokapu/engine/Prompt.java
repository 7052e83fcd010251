package dev.tokapu.engine;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.text.TokenPrompt;
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
     * @param prompt the tokens, and what has to be known of them
     * @since 0.1
     */
    record Tokens(TokenPrompt prompt) implements Prompt {

        /** Checks the value. */
        public Tokens {
            Objects.requireNonNull(prompt, "prompt");
        }

        /**
         * Tokens of which nothing has to be known.
         *
         * @param ids at least one; a copy is kept
         */
        public Tokens(int... ids) {
            this(TokenPrompt.of(ids));
        }

        /**
         * The ids.
         *
         * @return a copy
         */
        public int[] ids() {
            return prompt.tokens();
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
