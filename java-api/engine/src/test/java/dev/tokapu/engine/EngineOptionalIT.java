package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.TestModels;
import dev.tokapu.testsupport.ChildJvm;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An engine needs neither Micrometer nor OpenTelemetry nor Flight Recorder. */
class EngineOptionalIT {

    /** Those of this Java without that of Flight Recorder and what stands on it. */
    private static String modulesWithoutFlightRecorder() {
        return ModuleLayer.boot().modules().stream()
                .filter(module -> module.getDescriptor() != null)
                .map(Module::getName)
                .filter(name -> name.startsWith("java.") || name.equals("jdk.unsupported"))
                .filter(name -> !name.equals("java.se"))
                .sorted()
                .collect(Collectors.joining(","));
    }

    @Test
    void engine_withoutWhatIsOptional_serves() {
        ChildJvm.Result result = new ChildJvm(EngineAlone.class)
                .without("micrometer")
                .without("opentelemetry")
                .option("--limit-modules=" + modulesWithoutFlightRecorder())
                .run(TestModels.tinyFile().toString());
        assertThat(result.err()).isEmpty();
        assertThat(result.exit()).isZero();
        assertThat(result.out().lines())
                .containsExactly("10 tokens, 1 completed", "jfr false, micrometer false, opentelemetry false");
    }

    @Test
    void engine_withMicrometerInReach_loadsNothingOfIt() {
        ChildJvm.Result result = new ChildJvm(EngineAlone.class)
                .option("-Xlog:class+load:stderr")
                .run(TestModels.tinyFile().toString());
        assertThat(result.exit()).isZero();
        assertThat(result.err().lines())
                .anyMatch(line -> line.contains("dev.tokapu.engine.run.EngineLoop "))
                .filteredOn(line -> line.contains("io.micrometer."))
                .as("all but the one that the test itself asks for, and what that needs")
                .noneMatch(line -> line.contains("MeterRegistry"));
        assertThat(result.err())
                .doesNotContain("dev.tokapu.engine.metrics.EngineMetrics ", "dev.tokapu.engine.telemetry.");
    }
}
