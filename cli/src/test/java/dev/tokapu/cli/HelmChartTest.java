package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The Helm chart says only what there is. `HelmCheck` renders it. */
class HelmChartTest {

    private static final Pattern VALUE = Pattern.compile("\\.Values\\.([a-zA-Z]+(?:\\.[a-zA-Z]+)*)");

    private final String templates = HelmChart.templates();
    private final Object values = HelmChart.yaml(HelmChart.read(HelmChart.FOLDER.resolve("values.yaml")));

    @Test
    void config_hasOptionsOfServeAlone(@TempDir Path folder) throws Exception {
        Map<?, ?> config = (Map<?, ?>) HelmChart.at(values, "config");
        Path file = Files.writeString(folder.resolve("tokapu.json"), Json.of(config));
        ServeArgs serve = new ServeArgs();
        CommandLine line = new CommandLine(CommandLine.Model.CommandSpec.create()
                .addMixin("serve", CommandLine.Model.CommandSpec.forAnnotatedObject(serve)));
        ServeDefaults.applyTo(line, List.of("--config", file.toString()), name -> null);
        line.parseArgs("--config", file.toString());
        assertThat(serve.port).isEqualTo(config.get("port"));
        assertThat(serve.hosts).containsExactly("0.0.0.0");
        assertThat(serve.drain).isEqualTo(config.get("drain"));
        assertThat(templates).contains("mountPath: " + serve.keyFile.getParent() + "\n");
    }

    @Test
    void values_areThoseOfTheTemplates() {
        Set<String> used = VALUE.matcher(templates)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        for (String path : used) {
            assertThat(HelmChart.at(values, (Object[]) path.split("\\.", -1)))
                    .as(path)
                    .isNotNull();
        }
        for (Object key : ((Map<?, ?>) values).keySet()) {
            assertThat(used).as("%s is used", key).anyMatch(path -> path.split("\\.", -1)[0].equals(key));
        }
    }

    @Test
    void configuration_liesWhereTheImageLooksForIt() {
        String docker = HelmChart.read(Path.of("..", "packaging", "docker", "Dockerfile"));
        assertThat(docker).contains("TOKAPU_CONFIG=/etc/tokapu/tokapu.json", "useradd --system --uid 10001 ");
        assertThat(templates).contains("mountPath: /etc/tokapu\n", "  tokapu.json: ", "runAsUser: 10001\n");
    }

    /** Probes of plain HTTP called a server with a certificate dead. */
    @Test
    void probes_speakHttps_whereTheConfigurationHasACertificate() {
        String scheme =
                "port: http\n              scheme: {{ ternary \"HTTPS\" \"HTTP\" (hasKey .Values.config \"tls-cert\") }}\n";
        assertThat(templates.split("httpGet:", -1)).hasSize(4);
        assertThat(templates.split(Pattern.quote(scheme), -1)).hasSize(4);
    }

    @Test
    void version_isThatOfTheProject() {
        Object chart = HelmChart.yaml(HelmChart.read(HelmChart.FOLDER.resolve("Chart.yaml")));
        String version = HelmChart.read(Path.of("..", "pom.xml"))
                .split("<version>", 3)[1]
                .split("[-<]", 2)[0];
        assertThat(HelmChart.at(chart, "appVersion")).isEqualTo(version);
        assertThat(HelmChart.at(values, "image", "tag")).isEqualTo(version);
    }
}
