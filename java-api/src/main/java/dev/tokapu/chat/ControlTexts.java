package dev.tokapu.chat;

import dev.tokapu.TokenAttribute;
import dev.tokapu.Vocab;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * The texts that a vocabulary reads as control tokens, and where to cut a text so that none of them is whole in any part.
 *
 * <p>Thread safety: immutable.
 */
final class ControlTexts {

    private final List<String> texts;

    private ControlTexts(List<String> texts) {
        this.texts = texts;
    }

    static ControlTexts of(Vocab vocab) {
        List<String> found = new ArrayList<>();
        for (int token = 0; token < vocab.size(); token++) {
            Set<TokenAttribute> attributes = vocab.attributes(token);
            if (attributes.contains(TokenAttribute.CONTROL) || attributes.contains(TokenAttribute.UNKNOWN)) {
                found.add(vocab.text(token));
            }
        }
        return of(found);
    }

    static ControlTexts of(List<String> texts) {
        return new ControlTexts(texts.stream()
                .filter(text -> !text.isEmpty())
                .distinct()
                .sorted(Comparator.comparingInt(String::length))
                .toList());
    }

    /**
     * Puts a mark behind the first character of every control text in a text, and also where the text's end or beginning could
     * become one together with what stands next to it.
     *
     * @return the same object when there is nothing to mark
     */
    String mark(String text, String mark) {
        boolean[] cuts = new boolean[text.length() + 1];
        boolean any = false;
        for (String control : texts) {
            for (int at = text.indexOf(control); at >= 0; at = text.indexOf(control, at + 1)) {
                cuts[at + firstCharacter(control)] = true;
                any = true;
            }
            if (isBeginningOf(control, text)) {
                cuts[text.length()] = true;
                any = true;
            }
            if (isEndOf(control, text)) {
                cuts[0] = true;
                any = true;
            }
        }
        return any ? insert(text, cuts, mark) : text;
    }

    /** Whether a text ends with the beginning of a control text, two characters or more of it. */
    private static boolean isBeginningOf(String control, String text) {
        for (int length = Math.min(control.length() - 1, text.length()); length >= 2; length--) {
            if (text.endsWith(control.substring(0, length))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a text begins with the end of a control text, two characters or more of it. */
    private static boolean isEndOf(String control, String text) {
        for (int length = Math.min(control.length() - 1, text.length()); length >= 2; length--) {
            if (text.startsWith(control.substring(control.length() - length))) {
                return true;
            }
        }
        return false;
    }

    private static int firstCharacter(String control) {
        return Character.charCount(control.codePointAt(0));
    }

    private static String insert(String text, boolean[] cuts, String mark) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i <= text.length(); i++) {
            if (cuts[i]) {
                out.append(mark);
            }
            if (i < text.length()) {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }
}
