package dev.tokapu.gguf;

import java.nio.file.Path;
import java.util.List;

/** The examples of the documentation: compiled, so that they cannot rot. */
final class GgufSnippets {

    private GgufSnippets() {}

    static void read() {
        // @start region="read"
        GgufFile file = GgufFile.open(Path.of("model.gguf"));
        System.out.println(
                file.architecture().orElse("?") + ", " + file.metadata().get("llama.context_length"));
        file.tensor("output.weight").ifPresent(tensor -> System.out.println(tensor.type() + " " + tensor.shape()));
        file.problems().forEach(problem -> System.out.println(problem.message()));
        // @end
    }

    static void write() {
        // @start region="write"
        new GgufBuilder()
                .put("general.architecture", MetadataValue.text("llama"))
                .put("llama.context_length", MetadataValue.of(MetadataType.UINT32, 2048))
                .put("tokenizer.ggml.tokens", MetadataValue.of(MetadataType.STRING, List.of("<s>", "</s>", "a")))
                .tensor("output_norm.weight", TensorType.F32, List.of(4L), TensorData.of(1, 1, 1, 1))
                .write(Path.of("model.gguf"));
        // @end
    }

    static void edit() {
        // @start region="edit"
        GgufEdit.of(Path.of("model.gguf"))
                .set("general.name", MetadataValue.text("Mine"))
                .set("tokenizer.ggml.eos_token_id", MetadataValue.of(MetadataType.UINT32, 2))
                .remove("general.url")
                .apply();
        // @end
    }

    static void split() {
        // @start region="split"
        List<Path> parts = GgufSplit.byBytes(2_000_000_000L).split(Path.of("model.gguf"), Path.of("out/model"));
        GgufSplit.merge(parts.get(0), Path.of("whole.gguf"));
        // @end
    }

    static void compare() {
        // @start region="compare"
        System.out.println(GgufHash.of(Path.of("model.gguf"), HashKind.SHA256).whole());
        GgufDiff diff = GgufDiff.of(Path.of("model.gguf"), Path.of("other.gguf"));
        diff.metadata().forEach(one -> System.out.println(one.name() + ": " + one.before() + " -> " + one.after()));
        // @end
    }
}
