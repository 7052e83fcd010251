package dev.tokapu.examples.rag;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.embedding.LongTexts;
import dev.tokapu.examples.rag.CitedAnswer.Sentence;
import dev.tokapu.examples.search.SearchBy;
import dev.tokapu.ranking.Reranker;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.text.TextStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers questions from the documents of a folder, and says which passage each sentence is from. */
public final class Rag {

    private static final int PASSAGES = 4; // that the model sees

    private Rag() {}

    public static void main(String[] args) throws IOException, SQLException {
        Map<String, String> options = new HashMap<>();
        int first = 0;
        for (; first + 1 < args.length && args[first].startsWith("--"); first += 2) {
            options.put(args[first], args[first + 1]);
        }
        List<String> words = List.of(args).subList(first, args.length);
        String embedderModel = options.getOrDefault("--embedder", "");
        if (embedderModel.isEmpty() || words.size() < 3) {
            System.err.println("usage: Rag --embedder MODEL [--reranker MODEL] [--chat MODEL] [--by meaning|words|both]"
                    + " STORE (ingest FOLDER | ask QUESTION... | measure FILE)");
            System.exit(2);
        }
        EmbedderOptions splitting =
                EmbedderOptions.builder().longTexts(LongTexts.SPLIT).build();
        SearchBy by = SearchBy.valueOf(options.getOrDefault("--by", "meaning").toUpperCase(Locale.ROOT));
        String rerankerModel = options.get("--reranker");
        try (Model embedding = Model.load(ModelSource.of(embedderModel));
                Embedder embedder = Embedder.open(embedding, splitting);
                Model ranking = rerankerModel == null ? null : Model.load(ModelSource.of(rerankerModel));
                Reranker reranker = ranking == null ? null : Reranker.open(ranking);
                PassageStore store = PassageStore.open(words.get(0))) {
            Retriever retriever = new Retriever(store, embedder, reranker);
            switch (words.get(1)) {
                case "ingest" -> System.out.println(retriever.ingest(Path.of(words.get(2))) + " passages");
                case "ask" -> ask(retriever, by, options.get("--chat"), words.subList(2, words.size()));
                case "measure" -> measure(retriever, Path.of(words.get(2)));
                default ->
                    throw new IllegalArgumentException(
                            "'" + words.get(1) + "' is nothing that can be done; take ingest, ask or measure");
            }
        }
    }

    private static void ask(Retriever retriever, SearchBy by, @Nullable String chatModel, List<String> questions)
            throws IOException, SQLException {
        ModelSource source = chatModel == null ? DefaultModel.source() : ModelSource.of(chatModel);
        ChatOptions options = ChatOptions.builder().temperature(0).build(); // the grammar ends an answer
        try (Model model = Model.load(source);
                ChatSession chat = ChatSession.open(model, options)) {
            for (String question : questions) {
                chat.reset(); // a question has nothing to do with the one before
                answer(retriever, by, chat, question);
            }
        }
    }

    private static void answer(Retriever retriever, SearchBy by, ChatSession chat, String question)
            throws IOException, SQLException {
        System.out.println(question);
        // @start region="ask"
        CitedAnswer answer = new CitedAnswer(retriever.find(by, question, PASSAGES));
        try (TextStream text = chat.askStreaming(question, answer)) {
            for (String piece : text) {
                System.out.print(piece);
            }
            System.out.println();
            answer.read(text).stream().map(Sentence::source).distinct().forEach(System.out::println);
        }
        // @end
    }

    private static void measure(Retriever retriever, Path file) throws IOException, SQLException {
        List<Evaluation.Question> questions = Evaluation.Question.read(file);
        for (SearchBy by : retriever.store().kinds()) {
            String kind = by.name().toLowerCase(Locale.ROOT);
            System.out.println(kind + ": " + Evaluation.of(retriever, by, questions));
        }
    }
}
