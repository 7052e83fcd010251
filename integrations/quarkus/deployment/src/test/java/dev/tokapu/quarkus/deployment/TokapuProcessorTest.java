package dev.tokapu.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.quarkus.EngineSpans;
import io.quarkus.arc.deployment.AdditionalBeanBuildItem;
import io.quarkus.deployment.Capabilities;
import io.quarkus.deployment.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokapuProcessorTest {

    private record Config(boolean traced) implements TokapuBuildTimeConfig {

        @Override
        public Switch chatModel() {
            return () -> true;
        }

        @Override
        public Switch embeddingModel() {
            return () -> true;
        }

        @Override
        public Switch health() {
            return () -> true;
        }

        @Override
        public Switch telemetry() {
            return () -> traced;
        }
    }

    private static List<String> spans(boolean wanted, String... capabilities) {
        List<AdditionalBeanBuildItem> beans = new ArrayList<>();
        new TokapuProcessor().spans(new Config(wanted), new Capabilities(Set.of(capabilities)), beans::add);
        return beans.stream().flatMap(bean -> bean.getBeanClasses().stream()).toList();
    }

    @Test
    void spans_areThereWithOpenTelemetry_unlessSwitchedOff() {
        assertThat(spans(true, Capability.OPENTELEMETRY_TRACER)).containsExactly(EngineSpans.class.getName());
        assertThat(spans(false, Capability.OPENTELEMETRY_TRACER)).isEmpty();
        assertThat(spans(true)).isEmpty();
    }
}
