/**
 * Spring AI's models on Tokapu's engine, in process: {@link dev.tokapu.spring.ai.TokapuChatModel} and {@link
 * dev.tokapu.spring.ai.TokapuEmbeddingModel}, with the options {@link dev.tokapu.spring.ai.TokapuChatOptions} and {@link
 * dev.tokapu.spring.ai.TokapuEmbeddingOptions}. Nothing here needs Spring Boot.
 */
@NullMarked
package dev.tokapu.spring.ai;

import org.jspecify.annotations.NullMarked;
