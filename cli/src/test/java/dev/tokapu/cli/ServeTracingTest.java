package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When traces are wanted. */
class ServeTracingTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, OTEL_SERVICE_NAME, x, false",
                "-, OTEL_EXPORTER_OTLP_ENDPOINT, http://localhost:4318, true",
                "-, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, http://localhost:4318/v1/traces, true",
                "-, OTEL_TRACES_EXPORTER, otlp, true",
                "http://localhost:4318, OTEL_SERVICE_NAME, x, true",
                "http://localhost:4318, OTEL_TRACES_EXPORTER, none, false",
                "http://localhost:4318, OTEL_SDK_DISABLED, true, false",
            })
    void traces_areWanted_whereOptionsOrTheEnvironmentSayWhere(
            String endpoint, String name, String value, boolean wanted) {
        assertThat(ServeArgs.wantsTraces(endpoint, Map.of(name, value))).isEqualTo(wanted);
    }

    @Test
    void endpointThatIsNone_isNamed() {
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> ServeTracing.start("nonsense"))
                .withMessageContaining("nonsense")
                .withMessageContaining("--otlp-endpoint");
    }
}
