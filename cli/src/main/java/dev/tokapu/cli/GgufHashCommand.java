package dev.tokapu.cli;

import dev.tokapu.gguf.GgufHash;
import dev.tokapu.gguf.HashKind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Hashes the tensors of a GGUF file. */
@Command(
        name = "hash",
        abbreviateSynopsis = true,
        description = {
            "Hashes the numbers of a GGUF file, without its metadata: each tensor and all together.",
            "Prints the same hashes and lines as llama-gguf-hash."
        })
final class GgufHashCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = "FILE", description = "The file.")
    private Path file = Path.of("");

    @Option(
            names = "--kind",
            split = ",",
            paramLabel = "KIND",
            description = "xxh64, sha1, sha256 or uuid; several with commas. Default: sha256.")
    private List<String> kinds = List.of("sha256");

    @Option(names = "--whole", description = "Only the hash of all together.")
    private boolean whole;

    @Mixin
    private OutputArgs output = new OutputArgs();

    GgufHashCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        Map<String, Object> all = new LinkedHashMap<>();
        for (String name : kinds) {
            HashKind kind = kind(name);
            GgufHash hash = GgufCommand.work(console, "Hashing", progress -> GgufHash.of(file, kind, progress));
            String label = kind.name().toLowerCase(Locale.ROOT);
            if (output.json()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("whole", hash.whole());
                if (!whole && !hash.tensors().isEmpty()) {
                    json.put("tensors", hash.tensors());
                }
                all.put(label, json);
            } else {
                if (!whole) {
                    hash.tensors().forEach((tensor, value) -> console.println(line(label, value, file + ":" + tensor)));
                }
                console.println(line(label, hash.whole(), file.toString()));
            }
        }
        if (output.json()) {
            console.println(Json.of(all));
        }
        return ExitCode.OK;
    }

    private static String line(String kind, String hash, String what) {
        return String.format(Locale.ROOT, "%-8s  %s  %s", kind, hash, Visible.of(what));
    }

    private static HashKind kind(String name) {
        try {
            return HashKind.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "--kind is '" + name + "'; it can be xxh64, sha1, sha256 or uuid");
        }
    }
}
