package dev.tokapu.chat;

import java.util.List;

/**
 * An answer taken apart, as far as it goes.
 *
 * @param calls tool calls; the last one may not be complete
 */
record ParsedAnswer(String text, String reasoning, List<Call> calls) {

    static final ParsedAnswer EMPTY = ofText("");

    /** A tool call: id and name may be empty, the arguments' JSON may be cut off. */
    record Call(String id, String name, String arguments) {}

    static ParsedAnswer ofText(String text) {
        return new ParsedAnswer(text, "", List.of());
    }
}
