package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.AdaptiveThreads;
import dev.tokapu.ContextOptions;
import dev.tokapu.KvType;
import dev.tokapu.ModelOptions;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Speculation;
import dev.tokapu.server.ServerOptions;
import dev.tokapu.server.model.ModelFolder;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.server.pool.PoolOptions;
import dev.tokapu.source.ModelSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Where the values of serve's options are from, and what presets say. */
class ServeConfigTest {

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();

    private Path file(String text) throws Exception {
        return Files.writeString(folder.resolve("tokapu.json"), text);
    }

    private ServeArgs parse(String... args) {
        ServeArgs serve = new ServeArgs();
        CommandLine line = new CommandLine(CommandLine.Model.CommandSpec.create()
                .addMixin("serve", CommandLine.Model.CommandSpec.forAnnotatedObject(serve)));
        ServeDefaults.applyTo(line, List.of(args), environment::get);
        line.parseArgs(args);
        return serve;
    }

    @Test
    void flag_thenEnvironment_thenFile_thenDefault() throws Exception {
        String config =
                file("{\"port\": 1, \"host\": [\"::1\", \"127.0.0.1\"], \"alias\": [\"a\", \"b\"], \"access-log\": true,"
                                + " \"models\": \"m\", \"max-loaded\": 2}")
                        .toString();
        environment.put("TOKAPU_PORT", "2");
        environment.put("TOKAPU_MAX_LOADED", "3");
        ServeArgs serve = parse("--config", config, "--port", "4");
        assertThat(serve.port).isEqualTo(4);
        assertThat(serve.maxLoaded).isEqualTo(3);
        assertThat(serve.hosts).containsExactly("::1", "127.0.0.1");
        assertThat(serve.aliases).containsExactly("a", "b");
        assertThat(serve.accessLog).isTrue();
        assertThat(serve.models).isEqualTo(folder.resolve("m"));
        assertThat(serve.drain).isEqualTo(30);
        environment.put("TOKAPU_CONFIG", config);
        assertThat(parse().port).isEqualTo(2);
        environment.clear();
        assertThat(parse("--config=" + config).port).isEqualTo(1);
        assertThat(parse().port).isEqualTo(8080);
    }

    @Test
    void filesAndBatches_areOptionsOfTheServer() throws Exception {
        String config = file("{\"files\": \"kept\", \"files-size\": 2, \"batch-parallel\": 7}")
                .toString();
        ServerOptions options = parse("--config", config).options(null, call -> {});
        assertThat(options.files()).isEqualTo(folder.resolve("kept"));
        assertThat(options.fileLimits().bytes()).isEqualTo(2L << 30);
        assertThat(options.batchLimits().parallel()).isEqualTo(7);
        assertThat(parse().options(null, call -> {}).files()).isNull();
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> parse("--files-size", "0").options(null, call -> {}))
                .withMessage("--files-size 0 is too small; give 1 or more");
    }

    @Test
    void timesBelowNothing_areRefused_notTakenForOthers() {
        assertThat(parse("--drain", "1").drain()).isEqualTo(Duration.ofSeconds(1));
        for (String drain : List.of("0", "-5")) {
            assertThatExceptionOfType(CliException.class)
                    .isThrownBy(() -> parse("--drain", drain).drain())
                    .withMessage("--drain " + drain + " is too small; give 1 or more");
        }
        environment.put("TOKAPU_KEEP_ALIVE", "soon");
        assertThatExceptionOfType(ParameterException.class)
                .isThrownBy(() -> parse())
                .satisfies(e -> assertThat(e.getMessage() + ServeDefaults.origin(e))
                        .contains("--keep-alive", "'soon' is no time", "TOKAPU_KEEP_ALIVE"));
    }

    @Test
    void wrongName_andWrongValue_sayWhereTheyAre() throws Exception {
        Path unknown = file("{\n  \"prot\": 1\n}");
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> parse("--config", unknown.toString()))
                .withMessage(unknown + ":2:3: 'prot' is not known; did you mean 'port'?");
        Path wrong = file("{\n\n \"port\": \"many\"\n}");
        assertThatExceptionOfType(ParameterException.class)
                .isThrownBy(() -> parse("--config", wrong.toString()))
                .satisfies(e -> assertThat(ServeDefaults.origin(e)).isEqualTo(" (" + wrong + ":3:2)"));
        environment.put("TOKAPU_PORT", "some");
        assertThatExceptionOfType(ParameterException.class)
                .isThrownBy(() -> parse())
                .satisfies(e -> assertThat(ServeDefaults.origin(e)).contains("TOKAPU_PORT"));
    }

    private List<ModelPreset> presets(String json) throws Exception {
        Path file = file("{\"presets\": [" + json + "]}");
        EngineOptions engine = EngineOptions.builder().maxSequences(3).build();
        return new PresetReader(file, ModelOptions.defaults(), List.of(), engine, new ContextArgs()).read(file);
    }

    @Test
    void preset_saysHowAModelIsLoadedAndServed() throws Exception {
        Files.writeString(folder.resolve("t.jinja"), "{{ messages }}");
        ModelPreset preset = presets(
                        "{\"name\": \"qwen\", \"aliases\": [\"small\"], \"path\": \"q.gguf\", \"ctx\": 512,"
                                + "\"kv-type-k\": \"q8_0\", \"kv-type-v\": \"F16\", \"chat-template\": \"t.jinja\","
                                + "\"adapters\": [{\"path\": \"law.gguf\", \"scale\": 0.5, \"aliases\": [\"jurist\"]}],"
                                + "\"reasoning\": {\"budget\": 100, \"effort\": \"low\"},"
                                + "\"sampling\": {\"temperature\": 0.5, \"top-k\": 10, \"max-tokens\": 7, \"stop\": [\"x\"]},"
                                + "\"draft-model\": \"small.gguf\", \"draft-max\": 5,"
                                + "\"pinned\": true, \"keep-alive\": \"1h\", \"threads\": 2,"
                                + "\"adaptive-threads\": true}")
                .get(0);
        assertThat(preset.name()).isEqualTo("qwen");
        assertThat(preset.aliases()).containsExactly("small");
        assertThat(preset.source()).isEqualTo(ModelSource.file(folder.resolve("q.gguf")));
        assertThat(preset.engine().sequenceContextSize()).isEqualTo(512);
        assertThat(preset.engine().maxSequences()).isEqualTo(3);
        assertThat(preset.engine().chatTemplate()).isEqualTo("{{ messages }}");
        ContextOptions context = preset.engine().context();
        assertThat(context.kvCache().keyType()).isEqualTo(KvType.Q8_0);
        assertThat(context.threads()).isEqualTo(2);
        assertThat(context.adaptiveThreads()).isEqualTo(AdaptiveThreads.ENABLED);
        assertThat(preset.adapters().get(0).name()).isEqualTo("law");
        assertThat(preset.adapters().get(0).scale()).isEqualTo(0.5);
        assertThat(preset.defaults().reasoning())
                .isEqualTo(ReasoningOptions.defaults().withBudget(100).withEffort("low"));
        assertThat(preset.defaults().generation().maxTokens()).isEqualTo(7);
        assertThat(preset.defaults().generation().stops()).containsExactly("x");
        assertThat(preset.draft()).isEqualTo(ModelSource.file(folder.resolve("small.gguf")));
        assertThat(preset.engine().speculation()).isEqualTo(Speculation.draft(5));
        assertThat(preset.pinned()).isTrue();
        assertThat(preset.keepAlive()).hasHours(1);
        ModelPreset bare = presets("{\"path\": \"x-00001-of-00002.gguf\", \"keep-alive\": -1}")
                .get(0);
        assertThat(bare.name()).isEqualTo("x");
        ModelPreset hub = presets("{\"path\": \"hf://org/none:Q4_K_M\"}").get(0);
        assertThat(hub.source()).isEqualTo(ModelSource.of("hf://org/none:Q4_K_M"));
        assertThat(hub.name()).isEqualTo("org/none:Q4_K_M");
        ModelPreset heads = presets("{\"path\": \"x\", \"draft-mtp\": true, \"draft-p-min\": 0.5}")
                .get(0);
        assertThat(heads.model().mtpHeads()).isTrue();
        assertThat(heads.draft()).isNull();
        assertThat(heads.engine().speculation()).isEqualTo(new Speculation.Mtp(4, 0.5, true));
        assertThat(bare.keepAlive()).isEqualTo(PoolOptions.FOREVER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"name\": \"a\"}|'path' is missing",
                "{\"path\": \"hf://org\"}|no name of a model",
                "{\"path\": \"ftp://host/a.gguf\"}|hf://",
                "{\"path\": \"hf://org/none\", \"ctx\": 0}|./tokapu pull hf://org/none",
                "{\"path\": \"a\", \"parralel\": 2}|did you mean 'parallel'",
                "{\"path\": \"a\", \"parallel\": 0}|1 or more",
                "{\"path\": \"a\", \"kv-type-k\": \"q9\"}|Q8_0",
                "{\"path\": \"a\", \"sampling\": {\"top_p\": 1}}|did you mean 'top-p'",
                "{\"path\": \"a\", \"keep-alive\": \"soon\"}|is no time",
                "{\"path\": \"a\", \"chat-template\": \"none.jinja\"}|neither a template nor a file",
                "{\"path\": \"a\", \"adapters\": [{}]}|'path' is missing",
                "{\"path\": \"a\", \"pinned\": 1}|true or false",
                "{\"path\": \"a\", \"draft-model\": \"b\", \"draft-max\": 65}|from 1 to 64",
                "{\"path\": \"a\", \"draft-max\": 4}|draft-model or draft-mtp",
                "{\"path\": \"a\", \"draft-mtp\": false, \"draft-p-min\": 0.5}|draft-model or draft-mtp",
                "{\"path\": \"a\", \"draft-mtp\": true, \"draft-model\": \"b\"}|two ways to draft",
                "{\"path\": \"a\", \"draft-mtp\": true, \"draft-p-min\": 2}|must be 0 to 1",
                "{\"path\": \"a\", \"draft-mtp\": 4}|true or false",
                "7|must be an object"
            })
    void wrongPreset_saysWhere(String json, String message) {
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> presets(json))
                .withMessageStartingWith(folder + "/tokapu.json:1:")
                .withMessageContaining(message);
    }

    @Test
    void keysOfTheDocumentation_areThoseOfTheReader() throws Exception {
        Path docs = Path.of("..", "docs", "server.md");
        Path parent = Files.createDirectories(folder.resolve("docs"));
        String text = Files.readString(docs);
        int begin = text.indexOf("```json5\n") + "```json5\n".length();
        Path file = Files.writeString(parent.resolve("tokapu.json"), text.substring(begin, text.indexOf("```", begin)));
        Files.writeString(parent.resolve("qwen.jinja"), "{{ messages }}");
        assertThat(parse("--config", file.toString()).maxLoaded).isEqualTo(2);
        List<ModelPreset> presets = new PresetReader(
                        file, ModelOptions.defaults(), List.of(), EngineOptions.defaults(), new ContextArgs())
                .read(file);
        assertThat(presets).hasSize(3);
    }

    @Test
    void folder_countsSplitFilesOnce(@TempDir Path models) throws Exception {
        for (String name : Stream.of(
                        "a.gguf", "b-00001-of-00002.gguf", "b-00002-of-00002.gguf", "mmproj-a.gguf", "x.txt")
                .toList()) {
            Files.writeString(models.resolve(name), "");
        }
        Files.writeString(Files.createDirectory(models.resolve("sub")).resolve("c.gguf"), "");
        Files.writeString(models.resolve("sub").resolve("a.gguf"), "");
        assertThat(ModelFolder.presets(models).stream().map(ModelPreset::name))
                .containsExactlyInAnyOrder("a", "sub/a", "b", "c");
    }
}
