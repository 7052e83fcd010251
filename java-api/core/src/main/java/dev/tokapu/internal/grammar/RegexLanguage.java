package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.Regex.Begin;
import dev.tokapu.internal.grammar.Regex.Chars;
import dev.tokapu.internal.grammar.Regex.Choice;
import dev.tokapu.internal.grammar.Regex.End;
import dev.tokapu.internal.grammar.Regex.Look;
import dev.tokapu.internal.grammar.Regex.Repeat;
import dev.tokapu.internal.grammar.Regex.Sequence;
import java.util.List;

/**
 * The texts of a regular expression, its anchors and look-ahead included: each part is put before all that may follow it to
 * the end of the text.
 *
 * <p>Thread safety: confined.
 */
final class RegexLanguage {

    private static final int MAX_ANCHORS = 100;

    private final Languages languages;
    private final Language lineEnd;

    RegexLanguage(Languages languages) {
        this.languages = languages;
        Language pair = languages.sequence(languages.chars(CodePoints.of('\r')), languages.chars(CodePoints.of('\n')));
        this.lineEnd = languages.choice(languages.chars(RegexSets.LINE_ENDS), pair);
    }

    /** Texts that match as a whole. */
    Language whole(Regex regex) {
        checkAnchors(regex);
        return before(regex, languages.emptyText, true);
    }

    /** Texts in which there is a match. */
    Language anywhere(Regex regex) {
        checkAnchors(regex);
        Language later = languages.sequence(
                languages.chars(CodePoints.ALL),
                languages.sequence(languages.anything, before(regex, languages.anything, false)));
        return languages.choice(before(regex, languages.anything, true), later);
    }

    private Language before(Regex regex, Language rest, boolean atStart) {
        if (regex.isPlain()) {
            return languages.sequence(plain(regex), rest);
        }
        if (regex instanceof Sequence sequence) {
            return before(sequence.items(), rest, atStart);
        }
        if (regex instanceof Choice choice) {
            return languages.choice(choice.options().stream()
                    .map(option -> before(option, rest, atStart))
                    .toList());
        }
        if (regex instanceof Begin) {
            return atStart ? rest : languages.nothing;
        }
        if (regex instanceof End end) {
            Language allowed = end.orLineEnd() ? languages.choice(languages.emptyText, lineEnd) : languages.emptyText;
            return languages.both(rest, allowed);
        }
        if (regex instanceof Look look) {
            Language ahead = before(look.ahead(), languages.anything, atStart);
            return languages.both(rest, look.negative() ? languages.not(ahead) : ahead);
        }
        Repeat repeat = (Repeat) regex;
        if (repeat.min() == 0 && repeat.max() == 1) {
            return languages.choice(rest, before(repeat.item(), rest, atStart));
        }
        throw new IllegalArgumentException(
                "an anchor or look-ahead within a repetition cannot be made a grammar; docs/structured-output.md lists"
                        + " what can");
    }

    private Language before(List<Regex> items, Language rest, boolean atStart) {
        if (items.isEmpty()) {
            return rest;
        }
        int plain = 0;
        while (plain < items.size() && items.get(plain).isPlain()) {
            plain++;
        }
        Regex item = plain > 0 ? Regex.sequence(items.subList(0, plain)) : items.get(0);
        List<Regex> others = items.subList(Math.max(plain, 1), items.size());
        boolean zeroWidth = item.longest() == 0;
        if (!atStart || zeroWidth || item.shortest() > 0 || others.stream().noneMatch(RegexLanguage::asksForStart)) {
            return before(item, before(others, rest, atStart && zeroWidth), atStart);
        }
        // Its match may be empty: then what follows is at the start as well.
        Language empty =
                before(item, languages.emptyText, true).hasEmpty ? before(others, rest, true) : languages.nothing;
        return languages.choice(empty, before(item, before(others, rest, false), true));
    }

    /** Each of them is a step down the stack. */
    private static void checkAnchors(Regex regex) {
        if (anchors(regex) > MAX_ANCHORS) {
            throw new IllegalArgumentException("more than " + MAX_ANCHORS + " anchors and look-aheads");
        }
    }

    private static int anchors(Regex regex) {
        int count = regex.isAnchor() ? 1 : 0;
        for (Regex part : regex.parts()) {
            count += anchors(part);
        }
        return count;
    }

    private static boolean asksForStart(Regex regex) {
        return regex instanceof Begin || !regex.all(part -> !asksForStart(part));
    }

    Language plain(Regex regex) {
        if (regex instanceof Sequence sequence) {
            Language result = languages.emptyText;
            for (int i = sequence.items().size() - 1; i >= 0; i--) {
                result = languages.sequence(plain(sequence.items().get(i)), result);
            }
            return result;
        }
        if (regex instanceof Choice choice) {
            return languages.choice(choice.options().stream().map(this::plain).toList());
        }
        if (regex instanceof Repeat repeat) {
            return languages.repeat(plain(repeat.item()), repeat.min(), repeat.max());
        }
        return languages.chars(((Chars) regex).set());
    }
}
