package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.gguf.GgufHash;
import dev.tokapu.gguf.GgufSplit;
import dev.tokapu.gguf.HashKind;
import dev.tokapu.testsupport.Oracle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** GGUF files in Java are those of llama-gguf-split and llama-gguf-hash, byte for byte. Pure Java: one binding is enough. */
@Tag("ffm")
@Tag("cpu")
class GgufToolsIT {

    private static final Path HASH_TOOL = Reference.LOGITS_TOOL.resolveSibling("llama-gguf-hash");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "TINY, --split-max-tensors, 5, false",
        "TINY, --split-max-tensors, 5, true",
        "DEFAULT, --split-max-size, 40M, false",
        "DEFAULT, --split-max-tensors, 128, true"
    })
    void splitAndMerge_filesEqualThoseOfTheTool(Reference reference, String option, String limit, boolean apart)
            throws IOException {
        Oracle oracle = Reference.oracle();
        Path theirs = Files.createDirectory(folder.resolve("theirs"));
        Path ours = Files.createDirectory(folder.resolve("ours"));
        List<String> arguments = new ArrayList<>(List.of("--split", option, limit));
        if (apart) {
            arguments.add("--no-tensor-first-split");
        }
        arguments.addAll(
                List.of(reference.file().toString(), theirs.resolve("x").toString()));
        oracle.run("llama-gguf-split", arguments);

        List<Path> parts = split(option, limit, apart).split(reference.file(), ours.resolve("x"));
        assertThat(names(ours)).isEqualTo(names(theirs)).hasSizeGreaterThan(1);
        for (Path part : parts) {
            assertThat(Files.mismatch(part, theirs.resolve(part.getFileName())))
                    .as(part.toString())
                    .isEqualTo(-1);
        }

        Path merged = folder.resolve("merged.gguf");
        oracle.run("llama-gguf-split", List.of("--merge", parts.get(0).toString(), merged.toString()));
        GgufSplit.merge(parts.get(0), ours.resolve("whole.gguf"));
        assertThat(Files.mismatch(merged, ours.resolve("whole.gguf"))).isEqualTo(-1);
    }

    private static GgufSplit split(String option, String limit, boolean apart) {
        GgufSplit split = option.endsWith("size")
                ? GgufSplit.byBytes(Long.parseLong(limit.replace("M", "000000")))
                : GgufSplit.byTensors(Integer.parseInt(limit));
        return apart ? split.withMetadataApart() : split;
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @EnumSource(HashKind.class)
    void hashes_ofEveryKind_equalThoseOfTheTool(HashKind kind) {
        Path file = Reference.TINY.file();
        String option = "--" + kind.name().toLowerCase(Locale.ROOT);
        String printed = Reference.oracle().with(HASH_TOOL).run("llama-gguf-hash", List.of(option, file.toString()));
        Map<String, String> expected = new LinkedHashMap<>();
        for (String line : printed.lines().toList()) {
            String[] words = line.trim().split(" +", -1);
            if (words.length == 3) {
                expected.put(words[2].substring(file.toString().length()), words[1]);
            }
        }
        GgufHash hash = GgufHash.of(file, kind);
        Map<String, String> actual = new LinkedHashMap<>();
        hash.tensors().forEach((name, value) -> actual.put(":" + name, value));
        actual.put("", hash.whole());
        assertThat(actual).isEqualTo(expected);
        assertThat(hash.whole()).isNotEmpty();
    }
}
