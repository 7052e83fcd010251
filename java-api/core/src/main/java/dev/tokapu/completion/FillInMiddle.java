package dev.tokapu.completion;

import dev.tokapu.Model;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.internal.util.IntList;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.TokenPrompt;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A text with a gap that a model is to fill, as code editors ask for it. The order of the parts is that of llama-server's {@code /infill}:
 * files of the repository first, each after the separator token and its name, then prefix, suffix and what the gap begins with, each after its
 * token (Qwen2.5-Coder's technical report, arXiv 2409.12186).
 *
 * <p>Thread safety: immutable.
 *
 * @param prefix what stands before the gap
 * @param suffix what stands after it
 * @param middle what the gap begins with already, usually empty
 * @param suffixFirst put the suffix before the prefix, as some models were trained ("SPM")
 * @param repository the name of the repository, for models that know repositories; null to leave it out
 * @param files further files that help, the most helpful last
 * @since 0.1
 */
public record FillInMiddle(
        String prefix,
        String suffix,
        String middle,
        boolean suffixFirst,
        @Nullable String repository,
        List<SourceFile> files) {

    /**
     * A file beside the text with the gap.
     *
     * @param name its name or path
     * @param text what is in it
     * @since 0.1
     */
    public record SourceFile(String name, String text) {

        /** Checks the values. */
        public SourceFile {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(text, "text");
        }
    }

    /** What llama-server puts between files for models without a separator token. */
    private static final String SNIPPET = "\n\n--- snippet ---\n\n";

    /** Checks the values. */
    public FillInMiddle {
        Objects.requireNonNull(prefix, "prefix");
        Objects.requireNonNull(suffix, "suffix");
        Objects.requireNonNull(middle, "middle");
        files = List.copyOf(files);
    }

    /**
     * A gap between two texts.
     *
     * @param prefix what stands before the gap
     * @param suffix what stands after it
     * @return the text with the gap
     */
    public static FillInMiddle of(String prefix, String suffix) {
        return new FillInMiddle(prefix, suffix, "", false, null, List.of());
    }

    /**
     * The tokens to continue.
     *
     * @param vocab the model's vocabulary
     * @param maxTokens how many the prompt may have; three quarters are for the end of the prefix, one quarter for the beginning of
     *     the suffix, and files get what is left, the last ones first
     * @return the prompt
     * @throws UnsupportedOperationException when the model was not trained for this
     * @throws IllegalArgumentException when maxTokens leaves no room
     */
    public int[] prompt(Vocab vocab, int maxTokens) {
        int pre = required(vocab.specialTokens().fimPrefix(), "prefix");
        int suf = required(vocab.specialTokens().fimSuffix(), "suffix");
        int mid = required(vocab.specialTokens().fimMiddle(), "middle");
        int[] gap = tokens(vocab, middle);
        int marks = 3 + (vocab.specialTokens().addsBos() ? 1 : 0) + gap.length;
        if (maxTokens < marks + 4) {
            throw new IllegalArgumentException("maxTokens is " + maxTokens + "; " + (marks + 4)
                    + " are needed for the marks and what the gap begins with");
        }
        int room = maxTokens - marks;
        int[] before = tokens(vocab, prefix);
        int[] after = tokens(vocab, suffix);
        int takenAfter = Math.min(after.length, Math.max(room / 4, room - before.length));
        int takenBefore = Math.min(before.length, room - takenAfter);
        int[] extra = extra(vocab);
        int takenExtra = Math.min(extra.length, room - takenAfter - takenBefore);

        IntList prompt = new IntList();
        prompt.addAll(extra, extra.length - takenExtra, extra.length);
        if (vocab.specialTokens().addsBos()) {
            prompt.add(vocab.specialTokens().bos().orElseThrow());
        }
        for (boolean isSuffix : new boolean[] {suffixFirst, !suffixFirst}) {
            if (isSuffix) {
                prompt.add(suf);
                prompt.addAll(after, 0, takenAfter);
            } else {
                prompt.add(pre);
                prompt.addAll(before, before.length - takenBefore, before.length);
                prompt.addAll(gap);
            }
        }
        prompt.add(mid);
        return prompt.toArray();
    }

    /**
     * Fills the gap.
     *
     * @param model a model that was trained for this
     * @param options how to; the prompt gets what the context leaves after {@code maxTokens}, at most three quarters of it
     * @return what goes into the gap, as a stream; read it to its end or close it
     * @throws UnsupportedOperationException when the model was not trained for this
     */
    public TextStream complete(Model model, CompletionOptions options) {
        int most = options.generation().maxTokens();
        return Completion.start(
                model,
                size -> TokenPrompt.of(prompt(model.vocab(), Math.max(size / 4, size - Math.min(most, size)))),
                options);
    }

    private int[] extra(Vocab vocab) {
        IntList tokens = new IntList();
        OptionalInt repositoryToken = vocab.specialTokens().fimRepository();
        if (repository != null && repositoryToken.isPresent()) {
            tokens.add(repositoryToken.getAsInt());
            tokens.addAll(tokens(vocab, repository + "\n"));
        }
        OptionalInt separator = vocab.specialTokens().fimSeparator();
        for (SourceFile file : files) {
            if (separator.isPresent()) {
                tokens.add(separator.getAsInt());
                tokens.addAll(tokens(vocab, file.name + "\n"));
            } else {
                tokens.addAll(tokens(vocab, SNIPPET));
            }
            tokens.addAll(tokens(vocab, file.text));
        }
        return tokens.toArray();
    }

    private static int required(OptionalInt token, String name) {
        return token.orElseThrow(() -> new UnsupportedOperationException("this model has no token for the " + name
                + " of a gap: it was not trained to fill in the middle; take a coder model"));
    }

    private static int[] tokens(Vocab vocab, String text) {
        return vocab.tokenize(text, TokenizeOptions.builder().addSpecial(false).build());
    }
}
