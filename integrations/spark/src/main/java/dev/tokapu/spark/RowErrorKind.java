package dev.tokapu.spark;

/**
 * Why a row has no answer: the texts of {@code error.kind} in a column.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum RowErrorKind {
    /** The prompt, or a text to embed or to score, has more tokens than the context of a row. */
    PROMPT_TOO_LONG,

    /** The text cannot be a prompt, for example because it is empty, or the chat template refuses it. */
    INVALID_PROMPT,

    /** The schema that comes with the row cannot be used, or the model cannot be held to the schema of the column. */
    INVALID_SCHEMA,

    /** A typed answer was cut off by {@code maxTokens} or the end of the context; the text so far is there. */
    INCOMPLETE,

    /** A typed answer that cannot be a value of its column, for example a number out of range; its text is there. */
    INVALID_VALUE,

    /** The deadline passed; the text so far is there. */
    DEADLINE,

    /** The row could not be computed; others could. */
    FAILED
}
