/**
 * LangChain4j's models on Tokapu's engine, in process: {@link dev.tokapu.langchain4j.TokapuChatModel}, {@link
 * dev.tokapu.langchain4j.TokapuStreamingChatModel}, {@link dev.tokapu.langchain4j.TokapuEmbeddingModel} and {@link
 * dev.tokapu.langchain4j.TokapuScoringModel}.
 */
@NullMarked
package dev.tokapu.langchain4j;

import org.jspecify.annotations.NullMarked;
