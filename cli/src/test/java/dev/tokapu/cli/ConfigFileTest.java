package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configuration files: what is read, and what is said of what is wrong. */
class ConfigFileTest {

    @TempDir
    private Path folder;

    private Path file(String text) throws Exception {
        return Files.writeString(folder.resolve("tokapu.json"), text);
    }

    @Test
    void values_knowWhereTheyStand() throws Exception {
        Path file =
                file("{\n  // where to listen\n  \"port\": 1,\n  \"presets\": [\n    {\"name\": \"a\"},\n  ],\n}\n");
        Map<String, ConfigValue> all = ConfigFile.read(file).object("a configuration");
        assertThat(all.get("port").place()).isEqualTo(file + ":3:3");
        ConfigValue preset = all.get("presets").list("presets").get(0);
        assertThat(preset.place()).isEqualTo(file + ":5:5");
        assertThat(preset.object("a preset").get("name").place()).isEqualTo(file + ":5:6");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"port\": }|:1:",
                "{\"port\": 1, \"port\": 2}|port",
                "[1]|must be an object",
                "{} {}|text after",
                "{\"port\": 1|:1:"
            })
    void noConfiguration_saysWhere(String text, String message) throws Exception {
        Path file = file(text);
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> ConfigFile.read(file))
                .withMessageContaining(file.toString())
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"prot,port", "portt,port", "api-key-flie,api-key-file", "hots,host", "preset,presets"})
    void unknownName_hasANearestOne(String name, String nearest) {
        assertThat(Names.nearest(name, List.of("host", "port", "presets", "api-key-file", "models")))
                .isEqualTo(nearest);
    }
}
