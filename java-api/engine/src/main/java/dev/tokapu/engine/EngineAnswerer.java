package dev.tokapu.engine;

import dev.tokapu.chat.ChatOptions;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.internal.text.Answerer;
import dev.tokapu.internal.text.StreamSettings;
import dev.tokapu.internal.text.TokenSource;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.StoppingCriterion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets an engine answer in a conversation: each answer is a request with all of the conversation.
 *
 * <p>Thread safety: confined, but for {@link #close}.
 */
final class EngineAnswerer implements Answerer {

    private final Engine engine;
    private final List<Sampler> samplers;
    private final SchedulingOptions scheduling;
    private final Speculation speculation;
    private volatile @Nullable EngineSource current;

    EngineAnswerer(Engine engine, ChatOptions options, SchedulingOptions scheduling, Speculation speculation) {
        this.engine = engine;
        this.samplers = options.samplers();
        this.scheduling = scheduling;
        this.speculation = speculation;
        int size = engine.sequenceContextSize();
        if (options.contextShift()
                .choose(new ContextShift.Situation(size, size, 0))
                .isPresent()) {
            throw new UnsupportedOperationException(
                    "an engine forgets nothing of a conversation that fills its sequence; take ContextShift.none(), and raise"
                            + " EngineOptions.sequenceContextSize if need be, or open the session with ChatSession.open(model)");
        }
    }

    @Override
    public int longestPrompt() {
        return engine.sequenceContextSize() - 1;
    }

    @Override
    public ContextOverflowException tooLong(int length) {
        return RequestPreprocessor.tooLong(length, engine.sequenceContextSize());
    }

    @Override
    public int surplus(int length) {
        return 0;
    }

    @Override
    public TokenSource answer(int[] prompt, int[] generated, @Nullable Sampler first, StreamSettings settings) {
        List<Sampler> all = new ArrayList<>(samplers);
        if (first != null) {
            all.add(0, first);
        }
        Request request = Request.builder(prompt)
                .samplers(all)
                .maxTokens(Math.max(1, settings.maxTokens()))
                .stops(settings.stops().toArray(String[]::new))
                .stoppingCriteria(settings.criteria().toArray(StoppingCriterion[]::new))
                .logProbabilities(settings.logProbabilities())
                .scheduling(scheduling)
                .speculation(speculation)
                .build();
        EngineSource source = new EngineSource(engine, request, prompt.length, generated);
        current = source;
        return source;
    }

    @Override
    public void ended() {
        close();
    }

    @Override
    public void close() {
        EngineSource source = current;
        if (source != null) {
            source.abort();
        }
    }
}
