package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** /metrics, under our names and those of other servers. */
@Timeout(300)
class MetricsIT {

    private static final String VLLM = "{engine=\"0\",model_name=\"test\"}";

    private static final String TEXT = "long enough to be worth keeping in the cache ".repeat(2);

    @TinyModel
    private static Model model;

    private static ServerFixture http;

    @BeforeAll
    static void start() {
        http = new ServerFixture(model, 4, 512, ServerOptions.defaults());
        complete("/v1/completions", "\"prompt\":\"" + TEXT + "\"");
        complete("/v1/completions", "\"prompt\":\"" + TEXT + "\"");
        complete("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"" + TEXT + "\"}]");
        ServerFixture.await("the end of all answers in /metrics, and of the engine's last step", () -> {
            Map<String, Double> series = scrape();
            return series.getOrDefault("vllm:e2e_request_latency_seconds_count" + VLLM, 0.0) == 3
                    && series.get("tokapu_engine_requests_running{model=\"test\"}") == 0;
        });
    }

    @AfterAll
    static void close() {
        http.close();
    }

    private static void complete(String path, String prompt) {
        String body = "{" + prompt + ",\"max_tokens\":4,\"temperature\":0,\"ignore_eos\":true}";
        assertThat(http.post(path, body).status()).isEqualTo(200);
    }

    /** Each series by its name and labels, and each type by {@code # TYPE NAME}. */
    private static Map<String, Double> scrape() {
        Map<String, Double> series = new HashMap<>();
        http.text("/metrics")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> series.put(
                        line.substring(0, line.lastIndexOf(' ')),
                        Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
        return series;
    }

    @Test
    void metrics_areThoseOfTheEngine() {
        assertThat(scrape())
                .containsKeys("tokapu_server_connections", "tokapu_engine_requests_running{model=\"test\"}");
    }

    @Test
    void metrics_ofOtherServers_areThereWithTypeAndHelp() {
        List<String> lines = http.text("/metrics").body().lines().toList();
        for (MetricAlias alias : MetricAliases.ALL) {
            String total = alias.name() + "_total";
            String type = switch (alias.kind()) {
                case GAUGE -> alias.name() + " gauge";
                case COUNTER, COUNT, SECONDS -> total + " counter";
                case HISTOGRAM -> alias.name() + " histogram";
                case SUMMARY -> alias.name() + " summary";
            };
            assertThat(lines).contains("# TYPE " + type);
            assertThat(lines).anyMatch(line -> line.startsWith("# HELP " + type.split(" ", -1)[0] + " "));
        }
    }

    @Test
    void metrics_ofOtherServers_haveTheValuesOfOurs() {
        Map<String, Double> series = scrape();
        assertThat(series)
                .containsEntry("vllm:num_requests_waiting" + VLLM, 0.0)
                .containsEntry(
                        "vllm:generation_tokens_total" + VLLM,
                        series.get("tokapu_engine_tokens_total{model=\"test\",type=\"generated\"}"))
                .containsEntry(
                        "llamacpp:tokens_predicted_total{model=\"test\"}",
                        series.get("tokapu_engine_tokens_total{model=\"test\",type=\"generated\"}"))
                .containsEntry(
                        "llamacpp:n_decode_total{model=\"test\"}",
                        series.get("tokapu_engine_step_time_seconds_count{model=\"test\"}"))
                .containsEntry("vllm:request_generation_tokens_sum" + VLLM, 12.0);
        assertThat(series.get("vllm:prefix_cache_hits_total" + VLLM)).isPositive();
        assertThat(series.get("llamacpp:prompt_seconds_total{model=\"test\"}")).isPositive();
    }

    @Test
    void histograms_ofOtherServers_addOperations() {
        Map<String, Double> series = scrape();
        List<Double> ours = series.entrySet().stream()
                .filter(one -> one.getKey().startsWith("gen_ai_server_time_to_first_token_seconds_count{"))
                .map(Map.Entry::getValue)
                .toList();
        assertThat(ours).containsExactlyInAnyOrder(2.0, 1.0);
        assertThat(series)
                .containsEntry("vllm:time_to_first_token_seconds_count" + VLLM, 3.0)
                .containsEntry(
                        "vllm:time_to_first_token_seconds_bucket{engine=\"0\",model_name=\"test\",le=\"+Inf\"}", 3.0)
                .containsEntry("vllm:request_prompt_tokens_bucket{engine=\"0\",model_name=\"test\",le=\"1.0\"}", 0.0);
    }

    @Test
    void reasons_areThoseOfVllm() {
        assertThat(scrape())
                .containsEntry(
                        "vllm:request_success_total{engine=\"0\",finished_reason=\"length\",model_name=\"test\"}", 3.0);
    }

    @Test
    void chart_asksForWhatIsThere() throws IOException {
        Path templates = Path.of("..", "..", "packaging", "helm", "tokapu", "templates");
        List<String> metrics = matches(" name: (tokapu_\\w+)", Files.readString(templates.resolve("hpa.yaml")));
        assertThat(metrics).hasSize(1);
        assertThat(scrape()).containsKey(metrics.get(0) + "{model=\"test\"}");
        List<String> probes = matches(" path: (/\\w+)", Files.readString(templates.resolve("deployment.yaml")));
        assertThat(probes)
                .hasSize(3)
                .allSatisfy(path -> assertThat(http.get(path).status()).isEqualTo(200));
    }

    /** Each metric of its queries, with the labels that they ask for; what has no values yet has a name at least. */
    @Test
    void dashboard_asksForWhatIsThere() throws IOException {
        JsonNode dashboard = ServerFixture.json(
                Files.readString(Path.of("..", "..", "packaging", "helm", "tokapu", "dashboards", "tokapu.json")));
        List<String> queries = dashboard.findValuesAsText("expr");
        assertThat(queries).hasSizeGreaterThan(30);
        Set<String> series = scrape().keySet();
        for (String query : queries) {
            List<MatchResult> selectors = Pattern.compile("([a-z_]+)\\{([^}]*)}")
                    .matcher(query)
                    .results()
                    .toList();
            assertThat(selectors).as(query).isNotEmpty();
            for (MatchResult selector : selectors) {
                List<String> labels = matches("(\\w+=\"[^$\"]*\")", selector.group(2));
                assertThat(series)
                        .as(query)
                        .anyMatch(one -> one.startsWith(selector.group(1) + "{")
                                && labels.stream().allMatch(one::contains));
            }
        }
        assertThat(dashboard.findValues("query"))
                .filteredOn(JsonNode::isObject)
                .hasSize(2)
                .allSatisfy(variable -> assertThat(variable.path("query").asText())
                        .startsWith("label_values(tokapu_engine_requests_running"));
    }

    private static List<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
