package dev.tokapu.chat;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.LazyGrammar;
import dev.tokapu.sampling.ReasoningBudget;
import dev.tokapu.sampling.Sampler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a chat template's model writes around and between the parts of an answer, and what holds it to that, as llama.cpp found out.
 *
 * @param grammar GBNF, or empty
 * @param lazy whether the grammar waits for a trigger
 * @param generationPrompt the end of the prompt that begins the answer
 * @param preserved texts of control tokens that the answer's text has
 * @param thinkingStart begins a thought; empty when the model does not think
 * @param thinkingEnds end one
 * @param parser takes the answer apart; null when it is its text alone, or nobody wants it
 */
record AnswerFormat(
        String grammar,
        boolean lazy,
        List<Trigger> triggers,
        String generationPrompt,
        List<String> preserved,
        boolean supportsThinking,
        String thinkingStart,
        List<String> thinkingEnds,
        @Nullable AnswerParser parser) {

    private static final TokenizeOptions TAG =
            TokenizeOptions.builder().addSpecial(false).parseSpecial(true).build();
    private static final String ROOT = "root";

    /**
     * What wakes a lazy grammar.
     *
     * @param type llama.cpp's: token, word, pattern or pattern_full
     */
    record Trigger(String type, String value, int token) {}

    /** Whether the answer goes on inside a thought; {@code begun}: what is there of it. */
    boolean beginsThinking(String begun) {
        String text = generationPrompt + begun;
        int start = text.lastIndexOf(thinkingStart);
        return start >= 0
                && thinkingEnds.stream().allMatch(end -> text.indexOf(end, start + thinkingStart.length()) < 0);
    }

    boolean hasTags() {
        return !thinkingStart.isEmpty() && !thinkingEnds.isEmpty();
    }

    private boolean holdsAll() {
        return !grammar.isEmpty() && !lazy;
    }

    /** What comes before the samplers of the user; {@code begun}: what is there of the answer. */
    List<Sampler> samplers(Vocab vocab, ReasoningOptions reasoning, boolean endable, String begun) {
        List<Sampler> first = new ArrayList<>();
        if (hasTags() && (lazy || endable || reasoning.budget() != null)) {
            // Where there is a grammar, the samplers are told the tokens of the beginning.
            first.add(budget(vocab, reasoning, grammar.isEmpty() ? begun : ""));
        }
        if (lazy) {
            first.add(lazyGrammar(vocab));
        } else if (!grammar.isEmpty()) {
            first.add(new Grammar(grammar, ROOT));
        }
        return first;
    }

    private Sampler budget(Vocab vocab, ReasoningOptions reasoning, String begun) {
        List<Integer> forced = new ArrayList<>(tokens(vocab, reasoning.closingText()));
        forced.addAll(tokens(vocab, thinkingEnds.get(0)));
        Integer budget = reasoning.budget();
        return new ReasoningBudget(
                tokens(vocab, thinkingStart),
                thinkingEnds.stream().map(end -> tokens(vocab, end)).toList(),
                forced,
                budget == null ? Integer.MAX_VALUE : budget,
                !holdsAll() && beginsThinking(begun));
    }

    private Sampler lazyGrammar(Vocab vocab) {
        List<String> patterns = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        for (Trigger trigger : triggers) {
            List<Integer> word = trigger.type().equals("word") ? tokens(vocab, trigger.value()) : List.of();
            if (trigger.type().equals("token")) {
                ids.add(trigger.token());
            } else if (word.size() == 1) {
                ids.add(word.get(0));
            } else {
                patterns.add(pattern(trigger));
            }
        }
        return new LazyGrammar(grammar, ROOT, patterns, ids);
    }

    private static String pattern(Trigger trigger) {
        String value = trigger.value();
        return switch (trigger.type()) {
            case "word" -> value.replaceAll("[.^$|()*+?\\[\\]{}\\\\]", "\\\\$0");
            case "pattern_full" -> (value.startsWith("^") ? "" : "^") + value + (value.endsWith("$") ? "" : "$");
            default -> value;
        };
    }

    /** What a grammar has to be told before the answer: the part of it that the prompt has. */
    int[] begun(Vocab vocab) {
        if (!holdsAll()) {
            return new int[0];
        }
        int[] tokens = vocab.tokenize(generationPrompt, TAG);
        boolean spaceAdded = tokens.length > 0
                && startsWithSpace(new String(vocab.piece(tokens[0], true), StandardCharsets.UTF_8))
                && !startsWithSpace(generationPrompt);
        return spaceAdded ? Arrays.copyOfRange(tokens, 1, tokens.length) : tokens;
    }

    private static boolean startsWithSpace(String text) {
        return !text.isEmpty() && Character.isWhitespace(text.charAt(0));
    }

    /** The control tokens that the text of the answer shows. */
    int[] shown(Vocab vocab) {
        return preserved.stream()
                .map(text -> vocab.tokenize(text, TAG))
                .filter(tokens -> tokens.length == 1)
                .mapToInt(tokens -> tokens[0])
                .toArray();
    }

    private static List<Integer> tokens(Vocab vocab, String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(vocab.tokenize(text, TAG)).boxed().toList();
    }

    void close() {
        if (parser != null) {
            parser.close();
        }
    }
}
