/**
 * Many requests, one model: an {@link dev.tokapu.engine.Engine} serves them at the same time, from any number of threads.
 *
 * <pre>{@code
 * try (Model model = Model.load(path); Engine engine = Engine.start(model, EngineOptions.defaults())) {
 *     Generation first = engine.submit(Request.of("The capital of France is"));
 *     Generation second = engine.submit(Request.builder("The capital of Italy is").maxTokens(20).build());
 *     System.out.println(first.text() + second.text());
 * }
 * }</pre>
 *
 * <p>Decoding sequences share each forward pass (continuous batching), and new prompts are prefilled in chunks beside them, so that
 * no answer waits for another's long prompt. What was computed is kept for prompts that begin with it
 * ({@link dev.tokapu.engine.PrefixCache}). docs/engine.md says how it works and how to configure it.
 */
@NullMarked
package dev.tokapu.engine;

import org.jspecify.annotations.NullMarked;
