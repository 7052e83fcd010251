package dev.tokapu.ranking;

import dev.tokapu.Model;
import dev.tokapu.SpecialTokens;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.internal.text.PromptText;
import dev.tokapu.internal.util.IntList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tokens that a reranking model reads of a query and a document, as llama-server does: by the model's own template (GGUF: {@code
 * tokenizer.chat_template.rerank}) or, without one, as {@code [BOS] query [EOS] [SEP] document [EOS]}, with those special tokens that the
 * tokenizer adds.
 *
 * <p>Control tokens in the template are parsed; the same text in a query or a document is not.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class RerankPrompt {

    private static final String TEMPLATE = "tokenizer.chat_template.rerank";
    private static final String QUERY = "{query}";
    private static final String DOCUMENT = "{document}";
    private static final TokenizeOptions PARSED =
            TokenizeOptions.builder().addSpecial(false).parseSpecial(true).build();
    private static final TokenizeOptions CHARACTERS =
            TokenizeOptions.builder().addSpecial(false).build();

    private final Vocab vocab;
    private final List<Part> parts;
    private final boolean templated;

    /** A text with its tokens, or the place of the query or of a document, which has none. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Part(String text, int @Nullable [] tokens) {}

    private RerankPrompt(Vocab vocab, List<Part> parts, boolean templated) {
        this.vocab = vocab;
        this.parts = List.copyOf(parts);
        this.templated = templated;
    }

    /**
     * Reads the prompt format of a model.
     *
     * @param model a reranking model; other models have prompts, too, but no scores
     * @return the format, to be used while the model is open
     * @throws UnsupportedOperationException when the model's template has no place for the query or for the document
     */
    public static RerankPrompt of(Model model) {
        String template = model.metadata().get(TEMPLATE);
        return template == null ? separated(model.vocab()) : templated(model.vocab(), template);
    }

    private static RerankPrompt separated(Vocab vocab) {
        SpecialTokens special = vocab.specialTokens();
        IntList before = new IntList();
        IntList between = new IntList();
        IntList after = new IntList();
        if (special.addsBos()) {
            special.bos().ifPresent(before::add);
        }
        if (special.addsEos()) {
            (special.eos().isPresent() ? special.eos() : special.sep()).ifPresent(token -> {
                between.add(token);
                after.add(token);
            });
        }
        if (special.addsSep()) {
            special.sep().ifPresent(between::add);
        }
        List<Part> parts = List.of(
                new Part("", before.toArray()),
                new Part(QUERY, null),
                new Part("", between.toArray()),
                new Part(DOCUMENT, null),
                new Part("", after.toArray()));
        return new RerankPrompt(vocab, parts, false);
    }

    private static RerankPrompt templated(Vocab vocab, String template) {
        for (String place : List.of(QUERY, DOCUMENT)) {
            if (!template.contains(place)) {
                throw new UnsupportedOperationException("the model's template for reranking has no " + place
                        + "; it must have " + QUERY + " and " + DOCUMENT);
            }
        }
        List<Part> parts = new ArrayList<>();
        int from = 0;
        while (from < template.length()) {
            String place = template.startsWith(QUERY, from) ? QUERY : DOCUMENT;
            if (template.startsWith(place, from)) {
                parts.add(new Part(place, null));
                from += place.length();
            } else {
                int to = next(template, from);
                String text = template.substring(from, to);
                parts.add(new Part(text, tokens(vocab, text, PARSED, parts.isEmpty())));
                from = to;
            }
        }
        return new RerankPrompt(vocab, parts, true);
    }

    private static int next(String template, int from) {
        int query = template.indexOf(QUERY, from);
        int document = template.indexOf(DOCUMENT, from);
        if (query < 0 && document < 0) {
            return template.length();
        }
        return query < 0 || (document >= 0 && document < query) ? document : query;
    }

    /**
     * Takes a query. Its own tokens are made here, once for all documents.
     *
     * @param query what is looked for
     * @return the query, to be used while the model is open
     */
    public Query query(String query) {
        return new Query(query);
    }

    /** Of a text that begins, or goes on where another part ended. */
    private static int[] tokens(Vocab vocab, String text, TokenizeOptions options, boolean begins) {
        return begins ? vocab.tokenize(text, options) : PromptText.next(vocab, text, options);
    }

    private boolean begins(String place) {
        return !templated || parts.get(0).text().equals(place);
    }

    /** Whether the text has no control tokens: then the whole prompt is tokenized at once, as by llama-server. */
    private boolean isPlain(String text) {
        return Arrays.equals(vocab.tokenize(text, PARSED), vocab.tokenize(text, CHARACTERS));
    }

    @Override
    public String toString() {
        return "RerankPrompt[" + (templated ? "template" : "separators") + "]";
    }

    /**
     * A query whose tokens have been made, for any number of documents.
     *
     * <p>Thread safety: immutable.
     *
     * @since 0.1
     */
    public final class Query {

        private final String query;
        private final int[] tokens;
        private final boolean plain;

        private Query(String query) {
            this.query = query;
            this.tokens = RerankPrompt.tokens(vocab, query, CHARACTERS, begins(QUERY));
            this.plain = templated && isPlain(query);
        }

        /**
         * The tokens of the query and a document.
         *
         * @param document what may be about it
         * @return the tokens; none where the model adds nothing and both texts are empty
         */
        public int[] tokens(String document) {
            return tokens(document, Integer.MAX_VALUE);
        }

        /**
         * The tokens of the query and a document that may be too long.
         *
         * @param document what may be about it; it loses its end where there is no room for it
         * @param maxTokens the room
         * @return the tokens; more than {@code maxTokens} only where the query is too long by itself
         */
        public int[] tokens(String document, int maxTokens) {
            if (plain && isPlain(document)) {
                int[] whole = vocab.tokenize(text(document), PARSED);
                if (whole.length <= maxTokens) {
                    return whole;
                }
            }
            return join(RerankPrompt.tokens(vocab, document, CHARACTERS, begins(DOCUMENT)), maxTokens);
        }

        private String text(String document) {
            StringBuilder text = new StringBuilder();
            for (Part part : parts) {
                text.append(part.tokens() != null ? part.text() : part.text().equals(QUERY) ? query : document);
            }
            return text.toString();
        }

        private int[] join(int[] document, int maxTokens) {
            int documents = 0;
            int others = 0;
            for (Part part : parts) {
                if (part.tokens() != null) {
                    others += part.tokens().length;
                } else if (part.text().equals(QUERY)) {
                    others += tokens.length;
                } else {
                    documents++;
                }
            }
            int room = Math.max(0, (maxTokens - others) / documents);
            int[] fitting = document.length <= room ? document : Arrays.copyOf(document, room);
            IntList all = new IntList();
            for (Part part : parts) {
                int[] fixed = part.tokens();
                all.addAll(fixed != null ? fixed : part.text().equals(QUERY) ? tokens : fitting);
            }
            return all.toArray();
        }

        @Override
        public String toString() {
            return "RerankPrompt.Query[" + tokens.length + " tokens]";
        }
    }
}
