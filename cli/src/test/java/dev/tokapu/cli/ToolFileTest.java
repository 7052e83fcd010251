package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolFileTest {

    @TempDir
    private Path folder;

    private List<CommandTool> read(String json) throws IOException {
        return ToolFile.read(Files.writeString(folder.resolve("tools.json"), json));
    }

    @Test
    void read_wholeTool_hasAll() throws IOException {
        CommandTool tool = read("""
                [{"name": "find", "description": "Finds", "timeout": 0.5, "command": ["grep", "-n", "--", "{word}"],
                  "parameters": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}}]""").get(0);
        assertThat(tool.definition().name()).isEqualTo("find");
        assertThat(tool.definition().description()).isEqualTo("Finds");
        assertThat(tool.definition().parametersJsonSchema())
                .isEqualTo(
                        "{\"type\":\"object\",\"properties\":{\"word\":{\"type\":\"string\"}},\"required\":[\"word\"]}");
        assertThat(tool.words()).containsExactly("grep", "-n", "--", "{word}");
        assertThat(tool.timeout()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void read_nameAndCommandAlone_takesNoArguments() throws IOException {
        CommandTool tool =
                read("[{\"name\": \"now\", \"command\": [\"date\"]}]").get(0);
        assertThat(tool.definition().description()).isEmpty();
        assertThat(tool.definition().parametersJsonSchema()).isEqualTo("{\"type\":\"object\"}");
        assertThat(tool.timeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | is no list of tools",
                "[] | is no list of tools",
                "[{] | line 1, column 3",
                "[] 1 | line 1",
                "[1] | [0] is no object",
                "[{\"command\": [\"date\"]}] | [0].name is missing",
                "[{\"name\": 1, \"command\": [\"date\"]}] | [0].name is no text",
                "[{\"name\": \"a\", \"name\": \"b\"}] | Duplicate field 'name'",
                "[{\"name\": \"\", \"command\": [\"date\"]}] | [0] the tool has no name",
                "[{\"name\": \"a\"}] | [0].command is no list",
                "[{\"name\": \"a\", \"command\": []}] | [0].command is no list",
                "[{\"name\": \"a\", \"command\": \"date +%F\"}] | [0].command is no list",
                "[{\"name\": \"a\", \"command\": [\"date\", 1]}] | [0].command[1] is no text",
                "[{\"name\": \"a\", \"command\": [\"{x}\"]}] | [0].command[0] is the program",
                "[{\"name\": \"a\", \"command\": [\"date\", \"{x}\"]}] | [0].command[1] {x} is none of the parameters []",
                "[{\"name\": \"a\", \"command\": [\"date\"], \"time\": 1}] | [0].time is unknown",
                "[{\"name\": \"a\", \"command\": [\"date\"], \"timeout\": 0}] | [0].timeout is no number of seconds",
                "[{\"name\": \"a\", \"command\": [\"date\"], \"parameters\": []}] | [0].parameters is no JSON Schema",
                "[{\"name\": \"a\", \"command\": [\"date\"]}, {\"name\": \"a\", \"command\": [\"date\"]}] | [1].name 'a' is the name"
            })
    void read_badFile_namesFileAndPlace(String json, String said) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("tools.json")
                .hasMessageContaining(said);
    }

    @Test
    void chat_missingOrBrokenFile_isUsageError() throws IOException {
        FakeConsole fake = new FakeConsole("");
        Path missing = folder.resolve("none.json");
        assertThat(fake.run("chat", "--tools", missing.toString(), "hi")).isEqualTo(ExitCode.USAGE);
        assertThat(fake.err()).contains("none.json", "cannot be read").doesNotContain("\tat ");
        Path latin = Files.write(folder.resolve("latin.json"), "[\"ä\"]".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(fake.run("chat", "--tools", latin.toString(), "hi")).isEqualTo(ExitCode.USAGE);
        assertThat(fake.err()).contains("latin.json cannot be read as UTF-8");
    }
}
