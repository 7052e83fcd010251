package dev.tokapu.spark;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Answers to prompts, on an engine. */
record AnswerCalls(Engine engine, AnswerSettings settings) {

    private static final int MIXER = 0x9E3779B9; // spreads small seeds over all bits

    RowCall begin(String prompt) {
        Request.Builder request = settings.completion() ? Request.builder(prompt) : Request.builder(chat(prompt, null));
        return new Answering(engine.submit(request.generation(generation(prompt, null))
                .scheduling(scheduling())
                .build()));
    }

    /** Begins an answer that a grammar holds. */
    Answering begin(String prompt, Grammar grammar) {
        Request.Builder request = settings.completion()
                ? Request.builder(prompt).generation(generation(prompt, grammar))
                : Request.builder(chat(prompt, grammar)).generation(generation(prompt, null));
        return new Answering(engine.submit(request.scheduling(scheduling()).build()));
    }

    private ChatRequest chat(String prompt, @Nullable Grammar grammar) {
        List<ChatMessage> messages = new ArrayList<>();
        if (!settings.system().isEmpty()) {
            messages.add(ChatMessage.system(settings.system()));
        }
        messages.add(ChatMessage.user(prompt));
        ChatRequest.Builder chat = ChatRequest.builder(messages).answerGrammar(grammar);
        Boolean thinking = settings.thinking();
        if (thinking != null && !thinking) {
            chat.reasoning(ReasoningOptions.off());
        }
        return chat.build();
    }

    private GenerationOptions generation(String prompt, @Nullable Grammar grammar) {
        List<Sampler> samplers = new ArrayList<>();
        if (grammar != null) {
            samplers.add(grammar);
        }
        samplers.add(settings.temperature() == 0 ? Sampler.greedy() : settings.sampler(seed(settings.seed(), prompt)));
        GenerationOptions.Builder options =
                GenerationOptions.builder().samplers(samplers).maxTokens(settings.maxTokens());
        if (!settings.stops().isEmpty()) {
            options.stops(settings.stops());
        }
        return options.build();
    }

    /** That of a row depends on its prompt alone, so that a further attempt draws the same. */
    static int seed(int base, String prompt) {
        int seed = base * MIXER ^ prompt.hashCode();
        return seed == Sampler.RANDOM_SEED ? 0 : seed;
    }

    private SchedulingOptions scheduling() {
        return SchedulingOptions.defaults().withDeadline(settings.deadline());
    }

    /** An answer that is generated. */
    record Answering(Generation generation) implements RowCall {

        @Override
        public CompletableFuture<?> end() {
            return generation.result();
        }

        @Override
        public void cancel() {
            generation.cancel();
        }

        @Override
        public RowResult result() {
            FinishReason reason = generation.finishReason();
            if (reason == FinishReason.CANCELLED) {
                throw new IllegalStateException("the engine was closed while it computed a row");
            }
            RowResult result = new RowResult(text(), null, reason.name(), generation.usage(), null);
            return reason == FinishReason.DEADLINE
                    ? result.withError(
                            RowErrorKind.DEADLINE,
                            "the answer was not complete within "
                                    + generation.request().scheduling().deadline() + ", after "
                                    + generation.usage().generatedTokens()
                                    + " tokens; allow more time or fewer tokens")
                    : result;
        }

        /** Of a conversation without the thoughts. */
        private String text() {
            return generation.request().prompt() instanceof dev.tokapu.engine.Prompt.Chat
                    ? generation.chatAnswer().text()
                    : generation.textSoFar();
        }
    }
}
