package dev.tokapu.structured;

/**
 * JSON text that is still growing, and how to close what is open in it.
 *
 * <p>It keeps the length up to which the text is well-formed once the open brackets are closed: everything but a value in
 * progress and a key without a value. The text is right JSON as far as it goes, since a grammar has made it.
 *
 * <p>Thread safety: confined.
 */
final class PartialJson {

    private static final int NOTHING = -1;

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder closers = new StringBuilder();
    private int settled;
    private int string = NOTHING;
    private int stringEnd;
    private int word = NOTHING;
    private boolean key;
    private int escape;
    private int code;

    /** Goes on with the next piece. */
    void append(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            text.append(piece.charAt(i));
            accept(piece.charAt(i), text.length());
        }
    }

    private void accept(char c, int end) {
        if (string != NOTHING) {
            acceptInString(c, end);
            return;
        }
        if (word != NOTHING && (c == ',' || c == '}' || c == ']' || Character.isWhitespace(c))) {
            settled = end - 1;
            word = NOTHING;
        }
        switch (c) {
            case '{', '[' -> {
                closers.append(c == '{' ? '}' : ']');
                settled = end;
                key = c == '{';
            }
            case '}', ']' -> {
                closers.setLength(closers.length() - 1);
                settled = end;
            }
            case ',' -> key = closers.charAt(closers.length() - 1) == '}';
            case ':' -> key = false;
            case '"' -> {
                string = end - 1;
                stringEnd = end;
            }
            default -> {
                if (word == NOTHING && !Character.isWhitespace(c)) {
                    word = end - 1;
                }
            }
        }
    }

    private void acceptInString(char c, int end) {
        if (escape > 0) {
            acceptEscape(c, end);
        } else if (c == '\\') {
            escape = 1;
        } else if (c == '"') {
            if (!key) {
                settled = end;
            }
            string = NOTHING;
        } else {
            endOfCharacter(c, end);
        }
    }

    /** Step 1 is the letter after the backslash, steps 2 to 5 the digits after u. */
    private void acceptEscape(char c, int end) {
        if (escape == 1 && c == 'u') {
            escape = 2;
            code = 0;
        } else if (escape == 1) {
            escape = 0;
            endOfCharacter(c, end);
        } else {
            code = code * 16 + Character.digit(c, 16);
            escape++;
            if (escape > 5) {
                escape = 0;
                endOfCharacter((char) code, end);
            }
        }
    }

    /** The first half of a pair waits for the second. */
    private void endOfCharacter(char c, int end) {
        if (!Character.isHighSurrogate(c)) {
            stringEnd = end;
        }
    }

    /**
     * The text so far as well-formed JSON: open texts are closed, numbers, words and keys in progress are left out.
     *
     * @return empty when there is nothing yet
     */
    String completed() {
        return string == NOTHING || key ? settled() : text.substring(0, stringEnd) + '"' + closing();
    }

    /** {@return the same without a text in progress; empty when there is nothing yet} */
    String settled() {
        return settled == 0 ? "" : text.substring(0, settled) + closing();
    }

    private String closing() {
        return new StringBuilder(closers).reverse().toString();
    }
}
