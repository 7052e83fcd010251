package dev.tokapu.internal.grammar;

import dev.tokapu.exception.GrammarException;

/** A schema that cannot be made a grammar, with the place as a JSON pointer. */
public class SchemaProblem extends GrammarException {

    private static final long serialVersionUID = 1L;

    private static final int MAX_PATH = 300;

    private final String path;
    private final String problem;

    SchemaProblem(String path, String problem) {
        super("the JSON schema at " + shortened(path, MAX_PATH) + ": " + problem);
        this.path = path;
        this.problem = problem;
    }

    /** That something is wrong because of another thing. */
    private SchemaProblem(String path, String problem, SchemaProblem inner) {
        super("the JSON schema at " + shortened(path, MAX_PATH) + ": " + problem + ": " + inner.getMessage());
        this.path = inner.path;
        this.problem = inner.problem;
    }

    /** {@return the place of the problem, {@code #} and a JSON pointer} */
    public String path() {
        return path;
    }

    /** {@return the message without the place} */
    public String problem() {
        return problem;
    }

    static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "...";
    }

    /** That no value fits; where others may be taken, this is no error. */
    static final class NoValue extends SchemaProblem {

        private static final long serialVersionUID = 1L;

        NoValue(String path, String problem) {
            super(path, problem);
        }

        NoValue(String path, String problem, SchemaProblem inner) {
            super(path, problem, inner);
        }
    }
}
