package dev.tokapu.examples.springboot;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.vectorstore.QuestionAnswerAdvisor;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Answers from documents, where there is an embedding model: a vector store finds passages, an advisor puts them into the prompt. */
@RestController
@ConditionalOnProperty("spring.ai.tokapu.embedding.model")
public class DocumentsController {

    private static final Pattern BLANK_LINES = Pattern.compile("\\R\\s*\\R");
    private static final int FOUND = 3;

    private final VectorStore store;
    private final ChatClient chat;

    DocumentsController(ChatClient.Builder builder, EmbeddingModel embeddings) {
        store = SimpleVectorStore.builder(embeddings).build(); // in memory; or the bean of a database
        chat = builder.defaultAdvisors(QuestionAnswerAdvisor.builder(store)
                        .searchRequest(SearchRequest.builder().topK(FOUND).build())
                        .build())
                .build();
    }

    @PostMapping("/documents")
    void add(@RequestBody String text) {
        store.add(BLANK_LINES.splitAsStream(text).map(Document::new).toList());
    }

    @GetMapping("/documents")
    List<String> find(@RequestParam String question) {
        return store
                .similaritySearch(
                        SearchRequest.builder().query(question).topK(FOUND).build())
                .stream()
                .map(document -> Objects.requireNonNullElse(document.getText(), ""))
                .toList();
    }

    @GetMapping("/answer")
    @Nullable
    String answer(@RequestParam String question) {
        return chat.prompt(question).call().content();
    }
}
