package dev.tokapu.cli;

import dev.tokapu.server.api.CallObserver;
import dev.tokapu.server.trace.CallTracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends spans of calls by OTLP, as OpenTelemetry's environment variables say. */
final class ServeTracing implements AutoCloseable {

    private static final String NONE = "none";
    private static final long CLOSING_SECONDS = 5;

    private final OpenTelemetrySdk sdk;
    private final CallTracer tracer;

    private ServeTracing(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
        this.tracer = new CallTracer(sdk);
    }

    static ServeTracing start(@Nullable String endpoint) {
        Map<String, String> defaults = Map.of(
                "otel.service.name",
                "tokapu",
                "otel.exporter.otlp.protocol",
                "http/protobuf",
                "otel.metrics.exporter",
                NONE, // Prometheus has them
                "otel.logs.exporter",
                NONE);
        Map<String, String> given = new HashMap<>();
        if (endpoint != null) {
            given.put("otel.exporter.otlp.endpoint", endpoint);
        }
        try {
            return new ServeTracing(AutoConfiguredOpenTelemetrySdk.builder()
                    .addPropertiesSupplier(() -> defaults)
                    .addPropertiesCustomizer(config -> given)
                    .disableShutdownHook() // the last spans are those of the answers that are drained
                    .build()
                    .getOpenTelemetrySdk());
        } catch (ConfigurationException | IllegalArgumentException e) {
            throw new CliException(
                    ExitCode.USAGE,
                    "traces cannot be sent: " + e.getMessage()
                            + "; check --otlp-endpoint and OTEL_* in the environment");
        }
    }

    CallObserver observer() {
        return tracer;
    }

    /** After what there is to send. */
    @Override
    @SuppressWarnings("CheckReturnValue") // what could not be sent in time is lost
    public void close() {
        sdk.shutdown().join(CLOSING_SECONDS, TimeUnit.SECONDS);
    }
}
