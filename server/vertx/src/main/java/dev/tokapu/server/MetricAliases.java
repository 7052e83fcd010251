package dev.tokapu.server;

import dev.tokapu.server.MetricAlias.Kind;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a registry has, again under the names that vLLM and llama-server have for it, so that dashboards and rules made for them work.
 * Nothing is counted twice: the values are those of our own metrics at the scrape.
 *
 * <p>Thread safety: safe.
 */
final class MetricAliases implements MultiCollector {

    private static final Map<String, String> VLLM_REASONS = Map.of(
            "stop_token", "stop",
            "stop_text", "stop",
            "stop_criterion", "stop",
            "max_tokens", "length",
            "context_full", "length",
            "cancelled", "abort",
            "deadline", "abort",
            "failed", "error");

    static final List<MetricAlias> ALL = List.of(
            vllm("num_requests_running", Kind.GAUGE, "tokapu_engine_requests_running"),
            vllm("num_requests_waiting", Kind.GAUGE, "tokapu_engine_requests_waiting"),
            vllm("kv_cache_usage_perc", Kind.GAUGE, "tokapu_engine_kv_usage"),
            vllm("prefix_cache_queries", "tokapu_engine_prefix_cache_tokens", "prompt"),
            vllm("prefix_cache_hits", "tokapu_engine_prefix_cache_tokens", "cached"),
            vllm("num_preemptions", Kind.COUNTER, "tokapu_engine_preemptions"),
            vllm("prompt_tokens", "tokapu_engine_tokens", "prompt"),
            vllm("generation_tokens", "tokapu_engine_tokens", "generated"),
            vllm("spec_decode_num_draft_tokens", "tokapu_engine_speculation_tokens", "drafted"),
            vllm("spec_decode_num_accepted_tokens", "tokapu_engine_speculation_tokens", "accepted"),
            new MetricAlias("vllm:request_success", Kind.COUNTER, "tokapu_engine_finished", MetricAliases::reason),
            vllm("time_to_first_token_seconds", Kind.HISTOGRAM, "gen_ai_server_time_to_first_token_seconds"),
            vllm(
                    "request_time_per_output_token_seconds",
                    Kind.HISTOGRAM,
                    "gen_ai_server_time_per_output_token_seconds"),
            vllm("inter_token_latency_seconds", Kind.SUMMARY, "tokapu_engine_inter_token_time_seconds"),
            vllm("e2e_request_latency_seconds", Kind.HISTOGRAM, "gen_ai_server_request_duration_seconds"),
            vllm("request_queue_time_seconds", Kind.HISTOGRAM, "tokapu_engine_queue_time_seconds"),
            vllm("request_prefill_time_seconds", Kind.HISTOGRAM, "tokapu_engine_prefill_time_seconds"),
            vllm("request_decode_time_seconds", Kind.HISTOGRAM, "tokapu_engine_decode_time_seconds"),
            requestTokens("request_prompt_tokens", "prompt"),
            requestTokens("request_generation_tokens", "generated"),
            llama("requests_processing", Kind.GAUGE, "tokapu_engine_requests_running", null),
            llama("requests_deferred", Kind.GAUGE, "tokapu_engine_requests_waiting", null),
            llama("prompt_tokens", Kind.COUNTER, "tokapu_engine_tokens", "prompt"),
            llama("prompt_tokens_cached", Kind.COUNTER, "tokapu_engine_prefix_cache_tokens", "cached"),
            llama("prompt_seconds", Kind.SECONDS, "tokapu_engine_prefill_time_seconds", null),
            llama("tokens_predicted", Kind.COUNTER, "tokapu_engine_tokens", "generated"),
            llama("tokens_predicted_seconds", Kind.SECONDS, "tokapu_engine_decode_time_seconds", null),
            llama("n_decode", Kind.COUNT, "tokapu_engine_step_time_seconds", null),
            llama("spec_decode_num_draft_tokens", Kind.COUNTER, "tokapu_engine_speculation_tokens", "drafted"),
            llama("spec_decode_num_accepted_tokens", Kind.COUNTER, "tokapu_engine_speculation_tokens", "accepted"));

    private static final Set<String> SOURCES =
            ALL.stream().map(MetricAlias::source).collect(Collectors.toUnmodifiableSet());

    private final PrometheusRegistry registry;

    MetricAliases(PrometheusRegistry registry) {
        this.registry = registry;
    }

    private static MetricAlias vllm(String name, Kind kind, String source) {
        return new MetricAlias("vllm:" + name, kind, source, MetricAliases::vllmLabels);
    }

    private static MetricAlias vllm(String name, String source, String type) {
        return new MetricAlias("vllm:" + name, Kind.COUNTER, source, ofType(type, MetricAliases::vllmLabels));
    }

    private static MetricAlias requestTokens(String name, String type) {
        return new MetricAlias(
                "vllm:" + name,
                Kind.HISTOGRAM,
                "tokapu_engine_request_tokens",
                ofType(type, MetricAliases::vllmLabels));
    }

    private static MetricAlias llama(String name, Kind kind, String source, @Nullable String type) {
        return new MetricAlias(
                "llamacpp:" + name, kind, source, ofType(type, labels -> Labels.of("model", model(labels))));
    }

    private static Function<Labels, @Nullable Labels> ofType(
            @Nullable String type, Function<Labels, @Nullable Labels> labels) {
        return ours -> type == null || type.equals(ours.get("type")) ? labels.apply(ours) : null;
    }

    private static String model(Labels labels) {
        String model = labels.get("model");
        return model == null ? "" : model;
    }

    private static Labels vllmLabels(Labels labels) {
        return Labels.of("engine", "0", "model_name", model(labels));
    }

    private static Labels reason(Labels labels) {
        return vllmLabels(labels).add("finished_reason", VLLM_REASONS.getOrDefault(labels.get("reason"), "error"));
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, MetricSnapshot> ours = registry.scrape(SOURCES::contains).stream()
                .collect(Collectors.toMap(one -> one.getMetadata().getPrometheusName(), one -> one));
        List<MetricSnapshot> theirs = new ArrayList<>();
        for (MetricAlias alias : ALL) {
            MetricSnapshot source = ours.get(alias.source());
            if (source != null) {
                theirs.add(alias.of(source));
            }
        }
        return new MetricSnapshots(theirs);
    }

    /** So that {@link #collect} can ask the registry for our own metrics without asking for these. */
    @Override
    public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
        return ALL.stream()
                .map(alias -> MetricFamilyDescriptor.of(alias.kind().type(), new MetricMetadata(alias.name())))
                .toList();
    }
}
