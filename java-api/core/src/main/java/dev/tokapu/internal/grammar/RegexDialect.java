package dev.tokapu.internal.grammar;

/** Whose regular expressions these are. */
enum RegexDialect {

    /** {@link java.util.regex.Pattern}, matched as a whole. */
    JAVA,

    /**
     * JSON Schema's: ECMA 262, looked for anywhere in the text. What also has a meaning for {@link java.util.regex.Pattern}
     * is read so that both agree: sets have the members that both give them.
     */
    ECMA
}
