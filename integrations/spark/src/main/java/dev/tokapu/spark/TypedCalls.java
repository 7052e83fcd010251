package dev.tokapu.spark;

import dev.tokapu.exception.GrammarException;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.text.FinishReason;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Typed answers to prompts: a grammar holds each to its schema, and its text becomes a value. */
final class TypedCalls {

    private final AnswerCalls answers;
    private @Nullable AnswerSchema schema;
    private @Nullable Grammar grammar;

    TypedCalls(AnswerCalls answers) {
        this.answers = answers;
    }

    /** With the schema of all rows. */
    RowCall begin(String prompt, AnswerSchema wanted) {
        if (grammar == null || !wanted.equals(schema)) {
            grammar = wanted.grammar();
            schema = wanted;
        }
        return new Typed(answers.begin(prompt, grammar), wanted);
    }

    /** With the schema of this row, which may be wrong; the value stays JSON. */
    RowCall begin(String prompt, String json) {
        AnswerSchema wanted;
        try {
            wanted = schema != null && schema.json().equals(json) ? schema : AnswerSchema.textOf(json);
        } catch (GrammarException | IllegalArgumentException e) {
            return RowCall.ended(RowResult.failed(RowErrorKind.INVALID_SCHEMA, String.valueOf(e.getMessage())));
        }
        return begin(prompt, wanted);
    }

    /** A typed answer that is generated. */
    private record Typed(RowCall answer, AnswerSchema schema) implements RowCall {

        @Override
        public CompletableFuture<?> end() {
            return answer.end();
        }

        @Override
        public void cancel() {
            answer.cancel();
        }

        @Override
        public RowResult result() {
            RowResult result = answer.result();
            String text = result.text();
            String reason = result.finishReason();
            if (result.error() != null || text == null || reason == null) {
                return result;
            }
            if (FinishReason.valueOf(reason).isCutOff()) {
                return result.withError(
                        RowErrorKind.INCOMPLETE,
                        "the answer was cut off after " + result.usage().generatedTokens() + " tokens (" + reason
                                + ") and is no value; raise maxTokens, or limit the schema");
            }
            try {
                return result.withValue(schema.value(text));
            } catch (IllegalArgumentException e) {
                return result.withError(RowErrorKind.INVALID_VALUE, String.valueOf(e.getMessage()));
            }
        }
    }
}
