package dev.tokapu.server;

import dev.tokapu.server.anthropic.AnthropicApi;
import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.RecentCalls;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.batches.Batches;
import dev.tokapu.server.batches.NoBatches;
import dev.tokapu.server.flight.FlightApi;
import dev.tokapu.server.health.HealthApi;
import dev.tokapu.server.live.LiveApi;
import dev.tokapu.server.llamacpp.LlamaCppApi;
import dev.tokapu.server.ollama.OllamaApi;
import dev.tokapu.server.openai.OpenAiApi;
import dev.tokapu.server.rerank.RerankApi;
import dev.tokapu.server.responses.ResponsesApi;
import dev.tokapu.server.streams.StreamsApi;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The APIs that a server has. */
final class ServerApis {

    private ServerApis() {}

    /** The first tells of paths that no API owns. */
    static List<Api> of(
            Service service,
            ServerOptions options,
            Connections connections,
            RecentCalls calls,
            MetricsApi metrics,
            StreamsApi streams,
            @Nullable Batches batches) {
        List<Api> apis = new ArrayList<>(List.of(
                new OpenAiApi(service),
                new ResponsesApi(service, options.storedResponses()),
                new AnthropicApi(service),
                new OllamaApi(service),
                new LlamaCppApi(service),
                new RerankApi(service),
                new HealthApi(service, connections::isDraining),
                new LiveApi(calls),
                new FlightApi(service),
                streams,
                metrics));
        apis.addAll(batches == null ? List.of(new NoBatches()) : batches.apis());
        return apis;
    }
}
