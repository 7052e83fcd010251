package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Helm renders the chart, in the profile {@code clients}: Go builds it, which takes minutes, into the cache of the user. */
@Timeout(1800)
class HelmCheck {

    private static final String VERSION = "v4.3.1";
    private static final Duration LONGEST = Duration.ofMinutes(25);

    private static Path helm;

    @TempDir
    private Path folder;

    @BeforeAll
    static void build() throws Exception {
        Path place = Path.of(System.getProperty("user.home"), ".cache", "tokapu", "clients", "helm-" + VERSION);
        helm = place.resolve("helm");
        if (!Files.exists(helm)) {
            ProcessBuilder go = new ProcessBuilder("go", "install", "helm.sh/helm/v4/cmd/helm@" + VERSION);
            go.environment().put("GOBIN", place.toString());
            String unused = Command.run(go, LONGEST);
        }
    }

    private static String helm(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(helm.toString()));
        command.addAll(List.of(arguments));
        return Command.run(new ProcessBuilder(command), LONGEST);
    }

    /** What is made of the chart, by kind. */
    private static Map<Object, Object> rendered(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("template", "here", HelmChart.FOLDER.toString()));
        arguments.addAll(List.of(more));
        return HelmChart.documents(helm(arguments.toArray(String[]::new))).stream()
                .collect(Collectors.toMap(one -> HelmChart.at(one, "kind"), one -> one));
    }

    private static Object pod(Map<Object, Object> rendered) {
        return HelmChart.at(rendered.get("Deployment"), "spec", "template", "spec");
    }

    @Test
    void lint_findsNothing() throws Exception {
        assertThat(helm("lint", "--strict", HelmChart.FOLDER.toString())).contains("0 chart(s) failed");
    }

    @Test
    void chart_isADeploymentWithItsConfiguration() throws Exception {
        Map<Object, Object> rendered = rendered();
        assertThat(rendered).containsOnlyKeys("ConfigMap", "Deployment", "Service");
        String config = (String) HelmChart.at(rendered.get("ConfigMap"), "data", "tokapu.json");
        assertThat(JsonText.flat(config)).containsEntry("/port", "8080").containsEntry("/host", "0.0.0.0");
        Object container = HelmChart.at(pod(rendered), "containers", 0);
        assertThat(HelmChart.at(container, "ports", 0, "containerPort")).isEqualTo(8080);
        assertThat(HelmChart.at(container, "readinessProbe", "httpGet", "port")).isEqualTo("http");
        assertThat(HelmChart.at(pod(rendered), "terminationGracePeriodSeconds")).isEqualTo(60);
        assertThat(HelmChart.at(rendered.get("Deployment"), "spec", "replicas")).isEqualTo(1);
        assertThat(HelmChart.at(pod(rendered), "runtimeClassName")).isNull();
    }

    @Test
    void certificate_makesProbesSpeakHttps() throws Exception {
        Object plain = HelmChart.at(pod(rendered()), "containers", 0);
        Object secured =
                HelmChart.at(pod(rendered("--set", "config.tls-cert=/etc/tokapu-keys/tls.crt")), "containers", 0);
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(HelmChart.at(plain, probe, "httpGet", "scheme")).isEqualTo("HTTP");
            assertThat(HelmChart.at(secured, probe, "httpGet", "scheme")).isEqualTo("HTTPS");
        }
    }

    @Test
    void autoscaling_takesThePlaceOfReplicas() throws Exception {
        Map<Object, Object> rendered = rendered("--set", "autoscaling.enabled=true");
        assertThat(HelmChart.at(rendered.get("Deployment"), "spec", "replicas")).isNull();
        Object scaler = rendered.get("HorizontalPodAutoscaler");
        assertThat(HelmChart.at(scaler, "spec", "scaleTargetRef", "name"))
                .isEqualTo(HelmChart.at(rendered.get("Deployment"), "metadata", "name"));
        assertThat(HelmChart.at(scaler, "spec", "metrics", 0, "pods", "metric", "name"))
                .isEqualTo("tokapu_engine_requests_waiting");
    }

    @Test
    void dashboard_isAConfigMapThatGrafanaFinds() throws Exception {
        List<Object> maps = HelmChart.documents(
                        helm("template", "here", HelmChart.FOLDER.toString(), "--set", "dashboard.enabled=true"))
                .stream()
                .filter(one -> HelmChart.at(one, "kind").equals("ConfigMap"))
                .filter(one -> HelmChart.at(one, "metadata", "name").equals("here-tokapu-dashboard"))
                .toList();
        assertThat(maps).hasSize(1);
        assertThat(HelmChart.at(maps.get(0), "metadata", "labels", "grafana_dashboard"))
                .isEqualTo("1");
        assertThat(HelmChart.at(maps.get(0), "data", "tokapu.json"))
                .isEqualTo(HelmChart.read(HelmChart.FOLDER.resolve("dashboards").resolve("tokapu.json")));
    }

    @Test
    void gpus_andTheEnvironment_areValues() throws Exception {
        Path values = Files.writeString(folder.resolve("gpu.yaml"), """
                resources: {limits: {nvidia.com/gpu: 1}}
                runtimeClassName: nvidia
                tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
                nodeSelector: {gpu: h200}
                env: [{name: OTEL_EXPORTER_OTLP_ENDPOINT, value: "http://collector:4318"}]
                """);
        Object pod = pod(rendered("--values", values.toString()));
        assertThat(HelmChart.at(pod, "runtimeClassName")).isEqualTo("nvidia");
        assertThat(HelmChart.at(pod, "tolerations", 0, "key")).isEqualTo("nvidia.com/gpu");
        assertThat(HelmChart.at(pod, "nodeSelector", "gpu")).isEqualTo("h200");
        Object container = HelmChart.at(pod, "containers", 0);
        assertThat(HelmChart.at(container, "resources", "limits", "nvidia.com/gpu"))
                .isEqualTo(1);
        assertThat(HelmChart.at(container, "resources", "limits", "memory")).isEqualTo("8Gi");
        assertThat(HelmChart.at(container, "env", 1, "value")).isEqualTo("http://collector:4318");
    }
}
