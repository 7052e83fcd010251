package dev.tokapu.internal.grammar;

import dev.tokapu.GrammarException;

/** A schema that cannot be made a grammar, with the place as a JSON pointer. */
class SchemaProblem extends GrammarException {

    private static final long serialVersionUID = 1L;

    private static final int MAX_PATH = 300;

    SchemaProblem(String path, String problem) {
        super("the JSON schema at " + shortened(path, MAX_PATH) + ": " + problem);
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
    }
}
