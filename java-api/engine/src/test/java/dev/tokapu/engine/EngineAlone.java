package dev.tokapu.engine;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.sampling.Sampler;
import java.nio.file.Path;

/** Serves a request in a JVM that lacks what is optional, and says what it lacks. */
final class EngineAlone {

    private EngineAlone() {}

    public static void main(String[] args) {
        EngineOptions options = EngineOptions.builder()
                .context(ContextOptions.builder().threads(1).batchThreads(1).build())
                .maxSequences(2)
                .sequenceContextSize(128)
                .build();
        try (Model model = Model.load(Path.of(args[0]));
                Engine engine = Engine.start(model, options)) {
            Generation generation = engine.submit(Request.builder(new int[] {5, 6})
                    .samplers(Sampler.greedy())
                    .ignoreEnd(true)
                    .maxTokens(10)
                    .build());
            generation.text();
            System.out.println(generation.usage().generatedTokens() + " tokens, "
                    + engine.snapshot().completed() + " completed");
        }
        System.out.println("jfr " + has("jdk.jfr.Event") + ", micrometer "
                + has("io.micrometer.core.instrument.Meter") + ", opentelemetry "
                + has("io.opentelemetry.api.OpenTelemetry"));
    }

    private static boolean has(String name) {
        try {
            Class.forName(name);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
