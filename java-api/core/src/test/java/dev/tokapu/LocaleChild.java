package dev.tokapu;

import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Uses the files of a folder whose names this process may not be able to write. */
final class LocaleChild {

    private LocaleChild() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = only(Path.of(arguments[0]), "");
        Path first = only(folder, "-00001-of-00003.gguf");
        check(GgufFile.open(first).architecture().orElseThrow().equals("llama"), "header");
        try (Model model = Model.load(first)) {
            check(decodes(model), "split");
            try (LoraAdapter adapter = LoraAdapter.load(model, only(folder, "lora.gguf"))) {
                check(adapter.size() > 0, "adapter");
            }
        }
        List<Path> parts = List.of(first, only(folder, "-00002-of-00003.gguf"), only(folder, "-00003-of-00003.gguf"));
        try (Model model = Model.load(ModelSource.split(parts))) {
            check(decodes(model), "parts");
        }
        try (Model model = Model.load(ModelSource.zipEntry(only(folder, ".jar"), "tiny.gguf"))) {
            check(decodes(model), "jar");
        }
        try (Model model = Model.load(only(folder, "lone.gguf"));
                ChatSession chat = ChatSession.open(
                        model,
                        ChatOptions.builder()
                                .template("{% for m in messages %}{{ m.content }}{% endfor %}")
                                .context(TestModels.small().build())
                                .build())) {
            Path saved = folder.resolve("saved");
            chat.save(saved);
            check(chat.load(saved), "saved");
        }
        System.out.println("done");
    }

    private static boolean decodes(Model model) {
        try (Context context = model.newContext(TestModels.small().build())) {
            context.decode(new Batch(4).addAll(new int[] {3, 4, 5, 6}, 0, 0));
            return context.outputs().logits(-1).length == model.vocab().size();
        }
    }

    private static Path only(Path folder, String end) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(end))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void check(boolean holds, String what) {
        System.out.println((holds ? "ok " : "WRONG ") + what);
    }
}
