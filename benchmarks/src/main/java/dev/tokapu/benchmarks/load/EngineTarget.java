package dev.tokapu.benchmarks.load;

import dev.tokapu.Model;
import dev.tokapu.cli.load.LoadRequest;
import dev.tokapu.cli.load.Outcome;
import dev.tokapu.cli.load.Receiver;
import dev.tokapu.cli.load.Target;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineSnapshot;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.RequestRejectedException;
import dev.tokapu.sampling.Sampler;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * An engine in this process, read by a thread for each request.
 *
 * <p>Thread safety: as {@link Target}.
 */
final class EngineTarget implements Target {

    private final List<Model> models;
    private final Engine engine;
    private final boolean eachToken;
    private final boolean tellsAnswers;
    private final Map<Integer, Integer> answers =
            new ConcurrentSkipListMap<>(); // hash of a prompt to that of its answer
    private final ExecutorService readers = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "reader");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Starts an engine.
     *
     * @param eachToken tells of tokens, not of text: text comes in whole characters, which may have several tokens, but engines deliver it
     *     with less work
     */
    EngineTarget(EngineSettings settings, boolean eachToken) {
        this.eachToken = eachToken;
        tellsAnswers = settings.get("answers", "off").equals("on");
        models = settings.load();
        engine = settings.start(models);
    }

    Engine engine() {
        return engine;
    }

    @Override
    public void send(LoadRequest request, Receiver receiver) {
        Generation generation;
        try {
            Request.Builder builder = Request.builder(request.promptTokens())
                    .samplers(Sampler.greedy())
                    .ignoreEnd(true)
                    .maxTokens(request.maxTokens());
            if (eachToken) {
                builder.stoppingCriteria(soFar -> {
                    receiver.onTokens(1, System.nanoTime());
                    return false;
                });
            }
            generation = engine.submit(builder.build());
        } catch (RequestRejectedException e) {
            receiver.onEnd(new Outcome.Rejected(e.retryAfter().toMillis() / 1e3));
            return;
        } catch (RuntimeException e) {
            receiver.onEnd(new Outcome.Failed(e.toString()));
            return;
        }
        readers.execute(() -> read(request, generation, receiver));
    }

    private void read(LoadRequest request, Generation generation, Receiver receiver) {
        try {
            if (!eachToken) {
                followText(generation, receiver);
            }
            generation.text(); // the end; throws when it failed
            if (tellsAnswers) {
                answers.put(Arrays.hashCode(request.promptTokens()), Arrays.hashCode(generation.tokens()));
            }
            receiver.onEnd(new Outcome.Success(0, generation.usage().generatedTokens()));
        } catch (RuntimeException e) {
            receiver.onEnd(new Outcome.Failed(e.toString()));
        }
    }

    private static void followText(Generation generation, Receiver receiver) {
        int seen = 0;
        for (String ignored : generation) {
            int now = generation.usage().generatedTokens();
            if (now > seen) {
                receiver.onTokens(now - seen, System.nanoTime());
                seen = now;
            }
        }
    }

    /** Where the time of its steps went, as JSON. */
    @Override
    public String details() {
        EngineSnapshot s = engine.snapshot();
        return String.format(
                Locale.ROOT,
                "{\"steps\": %d, \"prompt_tokens\": %d, \"generated_tokens\": %d, \"drafted_tokens\": %d,"
                        + " \"accepted_tokens\": %d, \"draft_ms\": %.1f, \"plan_ms\": %.1f, \"decode_ms\": %.1f,"
                        + " \"sample_ms\": %.1f, \"deliver_ms\": %.1f, \"step_p50_ms\": %.2f, \"step_p99_ms\": %.2f%s}",
                s.steps(),
                s.promptTokens(),
                s.generatedTokens(),
                s.draftedTokens(),
                s.acceptedTokens(),
                s.draftNanos() / 1e6,
                s.planNanos() / 1e6,
                s.decodeNanos() / 1e6,
                s.sampleNanos() / 1e6,
                s.deliverNanos() / 1e6,
                s.stepTime().p50Nanos() / 1e6,
                s.stepTime().p99Nanos() / 1e6,
                tellsAnswers ? ", \"answers\": {" + pairs() + "}" : "");
    }

    private String pairs() {
        return answers.entrySet().stream()
                .map(answer -> "\"" + answer.getKey() + "\": " + answer.getValue())
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        engine.close();
        models.forEach(Model::close);
        readers.shutdown();
    }
}
