package dev.tokapu.examples.rag;

import dev.tokapu.chat.AnswerType;
import dev.tokapu.examples.search.Passage;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.text.TextStream;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What an answer from passages has to be: one or two sentences, each with the number of the passage that it is from, or a sentence that says that
 * the passages do not have it. A grammar holds every model to that, so a citation always names a passage that was found; whether the passage says
 * what the sentence says is up to the model.
 */
record CitedAnswer(List<Passage> passages) implements AnswerType<List<CitedAnswer.Sentence>, TextStream> {

    static final String NOTHING = "The passages do not say.";

    private static final Pattern SENTENCE = Pattern.compile("([^\\[\\]\\n]+)\\[(\\d+)]");

    /** A sentence, and where it is from. */
    record Sentence(String text, Source source) {}

    /** A passage by its number in the prompt, from 1 on. */
    record Source(int number, Passage passage) {

        @Override
        public String toString() {
            return "  [" + number + "] " + passage.file() + ": " + passage.line();
        }
    }

    // @start region="prompt"
    @Override
    public String prompt(String question) {
        String numbered = IntStream.rangeClosed(1, passages.size())
                .mapToObj(
                        number -> "[" + number + "] " + passages.get(number - 1).text())
                .collect(Collectors.joining("\n\n"));
        return "Answer the question with one or two short sentences from these passages, each with the number of its passage"
                + " behind it, as [1]. When no passage has the answer, write: " + NOTHING + "\n\n" + numbered
                + "\n\nQuestion: " + question;
    }
    // @end

    // @start region="grammar"
    @Override
    public Grammar grammar() {
        String numbers = IntStream.rangeClosed(1, passages.size())
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("|"));
        String sentence = "[^\\[\\]\\s\\d][^\\[\\]\\n]{10,150} \\[(" + numbers + ")\\]";
        return Grammar.ofRegex("\\Q" + NOTHING + "\\E|" + sentence + "( " + sentence + ")?");
    }
    // @end

    /** The sentences; none when the passages do not say, and without a last one that was cut off. */
    @Override
    public List<Sentence> read(TextStream text) {
        return SENTENCE.matcher(text.text())
                .results()
                .map(match -> new Sentence(match.group(1).strip(), source(Integer.parseInt(match.group(2)))))
                .toList();
    }

    private Source source(int number) {
        return new Source(number, passages.get(number - 1));
    }

    @Override
    public TextStream stream(TextStream text) {
        return text;
    }
}
