package dev.tokapu.examples.langchain4j;

import dev.langchain4j.data.document.loader.FileSystemDocumentLoader;
import dev.langchain4j.data.document.splitter.DocumentByParagraphSplitter;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.content.retriever.EmbeddingStoreContentRetriever;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.EmbeddingStoreIngestor;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import dev.tokapu.Model;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.langchain4j.TokapuChatModel;
import dev.tokapu.langchain4j.TokapuEmbeddingModel;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;

/** An AI service that answers from the documents of a folder: LangChain4j's store and retriever, models in this process. */
public final class LocalDocuments {

    private static final int MOST_CHARACTERS = 500;

    private LocalDocuments() {}

    /** An AI service that tells what it was given to read. */
    interface Assistant {
        Result<String> answer(String question);
    }

    public static void main(String[] args) {
        if (args.length < 3) {
            System.err.println("usage: LocalDocuments EMBEDDING-MODEL FOLDER QUESTION [MODEL]");
            System.exit(2);
        }
        ModelSource source = args.length > 3 ? ModelSource.of(args[3]) : DefaultModel.source();
        try (TokapuChatModel chat = TokapuChatModel.builder()
                        .modelSource(source)
                        .engineOptions(EngineOptions.builder()
                                .maxSequences(1)
                                .sequenceContextSize(2048)
                                .build())
                        .temperature(0.0)
                        .maxOutputTokens(60)
                        .build();
                Model embedding = Model.load(ModelSource.of(args[0]));
                TokapuEmbeddingModel embeddings =
                        TokapuEmbeddingModel.builder().model(embedding).build()) {
            Result<String> answer =
                    assistant(chat, embeddings, Path.of(args[1])).answer(args[2]);
            System.out.println("Answer: " + answer.content());
            for (Content content : answer.sources()) {
                TextSegment segment = content.textSegment();
                System.out.println("Source: " + segment.metadata().getString("file_name") + ": " + segment.text());
            }
        }
    }

    private static Assistant assistant(ChatModel chat, TokapuEmbeddingModel embeddings, Path folder) {
        EmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>(); // or that of a database
        EmbeddingStoreIngestor.builder()
                .documentSplitter(new DocumentByParagraphSplitter(MOST_CHARACTERS, 0))
                .embeddingModel(embeddings)
                .embeddingInputType(EmbeddingInputType.DOCUMENT) // for models that want a prefix
                .embeddingStore(store)
                .build()
                .ingest(FileSystemDocumentLoader.loadDocuments(folder));
        ContentRetriever retriever = EmbeddingStoreContentRetriever.builder()
                .embeddingStore(store)
                .embeddingModel(embeddings)
                .embeddingInputType(EmbeddingInputType.QUERY)
                .maxResults(3)
                .build();
        return AiServices.builder(Assistant.class)
                .chatModel(chat)
                .contentRetriever(retriever)
                .build();
    }
}
