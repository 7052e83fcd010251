package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The image and the unit of systemd leave what a server does to its configuration, but for the host of the image. */
class DeploymentTest {

    private static final String OF_CONTAINERS = "TOKAPU_HOST=0.0.0.0";

    private static String packaging(String file) {
        return HelmChart.read(Path.of("..", "packaging").resolve(file));
    }

    /** The port of a configuration did nothing: the image and the unit set it, and the environment comes first. */
    @ParameterizedTest
    @ValueSource(strings = {"docker/Dockerfile", "systemd/tokapu.service", "helm/tokapu/templates/deployment.yaml"})
    void optionsOfTheConfiguration_areNotSetByTheEnvironment(String file) {
        List<String> variables = CommandSpec.forAnnotatedObject(new ServeArgs()).options().stream()
                .map(OptionSpec::longestName)
                .filter(name -> !name.equals(ServeDefaults.CONFIG))
                .map(ServeDefaults::variable)
                .toList();
        assertThat(variables).contains("TOKAPU_PORT", "TOKAPU_HOST");
        assertThat(packaging(file).lines().filter(line -> !line.startsWith("#")))
                .noneMatch(line -> variables.stream().anyMatch(line.replace(OF_CONTAINERS, "")::contains));
    }

    /** They spoke plain HTTP at the port of the image, whatever the configuration said. */
    @Test
    void healthChecks_takePortAndCertificateFromTheConfiguration() {
        assertThat(packaging("docker/Dockerfile"))
                .contains(" CMD [\"/opt/tokapu/tokapu\", \"serve\", \"--probe\"]\n")
                .doesNotContain("/dev/tcp/");
        assertThat(packaging("systemd/tokapu.service"))
                .contains("until /opt/tokapu/tokapu serve --config /etc/tokapu/tokapu.json --probe ")
                .doesNotContain("/dev/tcp/");
    }
}
