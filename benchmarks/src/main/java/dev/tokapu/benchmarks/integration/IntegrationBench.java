package dev.tokapu.benchmarks.integration;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.telemetry.EngineTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The same request again and again, by turns to the engine alone, to the engine with spans, with spans and metrics, and through the
 * integrations. Prints one JSON object with the milliseconds of each.
 *
 * <p>Arguments: model file, requests of each kind, tokens of an answer, threads.
 */
public final class IntegrationBench {

    static final String QUESTION = "Tell me all that there is to know about the sea, from the beginning to the end.";

    private IntegrationBench() {}

    /**
     * Runs it.
     *
     * @param args as above
     */
    public static void main(String[] args) {
        int threads = Integer.parseInt(args[3]);
        EngineOptions options = EngineOptions.builder()
                .context(ContextOptions.builder()
                        .threads(threads)
                        .batchThreads(threads)
                        .build())
                .maxSequences(1)
                .sequenceContextSize(1024)
                .build();
        try (Model model = Model.load(Path.of(args[0]));
                Engine engine = Engine.start(model, options)) {
            List<Kind> kinds = kinds(engine, Integer.parseInt(args[2]));
            System.out.println(measured(kinds, Integer.parseInt(args[1])).entrySet().stream()
                    .map(entry -> "\"" + entry.getKey() + "\": " + entry.getValue())
                    .collect(Collectors.joining(", ", "{", "}")));
        }
    }

    /**
     * What is measured.
     *
     * @param watch what is there meanwhile, and begins and ends outside the measured time
     * @param request answers with the text
     */
    private record Kind(String name, Supplier<? extends AutoCloseable> watch, Supplier<String> request) {

        Kind(String name, Supplier<String> request) {
            this(name, () -> () -> {}, request);
        }

        double millis() {
            try (AutoCloseable watched = watch.get()) {
                long begin = System.nanoTime();
                String text = request.get();
                double millis = (System.nanoTime() - begin) / (double) TimeUnit.MILLISECONDS.toNanos(1);
                if (text.isEmpty()) {
                    throw new IllegalStateException("the model said nothing");
                }
                return millis;
            } catch (Exception e) {
                throw new IllegalStateException(name + " failed: " + e.getMessage(), e);
            }
        }
    }

    private static List<Kind> kinds(Engine engine, int tokens) {
        Request request = Request.builder(List.of(ChatMessage.user(QUESTION)))
                .temperature(0)
                .maxTokens(tokens)
                .build();
        Supplier<String> alone = () -> engine.submit(request).chatAnswer().text();
        OpenTelemetry spans = Exported.spans();
        OpenTelemetry all = Exported.spansAndMetrics();
        LangChain4jRequests langChain4j = new LangChain4jRequests(engine, tokens);
        SpringAiRequests springAi = new SpringAiRequests(engine, tokens);
        return List.of(
                new Kind("engine", alone),
                new Kind("spans", () -> EngineTelemetry.start(engine, spans), alone),
                new Kind("spans and metrics", () -> EngineTelemetry.start(engine, all), alone),
                new Kind("langchain4j", langChain4j::call),
                new Kind("langchain4j streaming", langChain4j::stream),
                new Kind("spring ai", springAi::call),
                new Kind("spring ai streaming", springAi::stream),
                new Kind("kotlin", () -> KotlinRequests.answer(engine, request)),
                new Kind("kotlin streaming", () -> KotlinRequests.stream(engine, request)));
    }

    private static Map<String, List<Double>> measured(List<Kind> kinds, int requests) {
        Map<String, List<Double>> millis = new LinkedHashMap<>();
        for (int i = 0; i < requests; i++) {
            kinds.forEach(kind -> millis.computeIfAbsent(kind.name(), ignored -> new ArrayList<>())
                    .add(kind.millis()));
        }
        return millis;
    }
}
