package dev.tokapu.cli;

import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.TensorInfo;
import dev.tokapu.source.ModelSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what is in a GGUF file, without loading it. */
@Command(
        name = "show",
        abbreviateSynopsis = true,
        description = {
            "Shows metadata, tensors and chat template of a GGUF file.",
            "Without MODEL, of the default model. Native libraries are not needed."
        })
final class GgufShowCommand implements Callable<Integer> {

    private static final String TEMPLATE_KEY = "tokenizer.chat_template";

    private final Console console;

    @Parameters(
            arity = "0..1",
            converter = SourceConverter.class,
            paramLabel = "MODEL",
            description = "The file, or a model of a hub.")
    private @Nullable ModelSource file;

    @Option(
            names = {"-m", "--model"},
            converter = SourceConverter.class,
            paramLabel = "PATH|NAME",
            description = "The file, as for the other commands.")
    private @Nullable ModelSource model;

    @Option(names = "--metadata", description = "Show only the metadata.")
    private boolean metadata;

    @Option(names = "--tensors", description = "Show only the tensors.")
    private boolean tensors;

    @Option(names = "--template", description = "Print only the chat template.")
    private boolean template;

    @Option(names = "--full", description = "Do not shorten long values.")
    private boolean full;

    @Mixin
    private OutputArgs output = new OutputArgs();

    @Mixin
    private DownloadArgs downloads = new DownloadArgs();

    GgufShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        if (file != null && model != null) {
            throw new CliException(ExitCode.USAGE, "MODEL and --model name two models; give one");
        }
        ModelSource given = file != null ? file : model;
        ModelSource source = given == null ? ModelArgs.defaultModel() : downloads.fetch(given, console, false);
        GgufFile gguf = source instanceof ModelSource.File plain ? GgufFile.open(plain.path()) : GgufFile.open(source);
        String name = given == null ? ModelArgs.DEFAULT_NAME : given.toString();
        if (output.json()) {
            console.println(Json.of(asMap(name, gguf)));
        } else if (template && !metadata && !tensors) {
            console.println(template(gguf));
        } else {
            console.print(text(name, gguf));
        }
        return ExitCode.OK;
    }

    private boolean shows(boolean part) {
        return part || !(metadata || tensors || template);
    }

    private static String template(GgufFile gguf) {
        Object source = gguf.metadata().get(TEMPLATE_KEY);
        if (source == null) {
            throw new CliException(ExitCode.MODEL, "the model has no chat template (" + TEMPLATE_KEY + ")");
        }
        return source.toString();
    }

    private String text(String name, GgufFile gguf) {
        StringBuilder text = new StringBuilder(name)
                .append("\nGGUF version ")
                .append(gguf.version())
                .append(", ")
                .append(gguf.metadata().size())
                .append(" metadata entries, ")
                .append(gguf.tensors().size())
                .append(" tensors\n");
        int heads = gguf.nextTokenLayerCount();
        if (heads > 0) {
            text.append("MTP heads: ").append(heads).append(" (see --draft-mtp)\n");
        }
        if (shows(metadata)) {
            text.append("\nMetadata\n");
            int width = width(gguf.metadata().keySet());
            gguf.metadata()
                    .forEach((key, value) -> text.append("  ")
                            .append(padded(key, width))
                            .append("  ")
                            .append(Values.shown(value, full))
                            .append('\n'));
        }
        if (shows(tensors)) {
            text.append("\nTensors\n");
            int width = width(gguf.tensors().stream().map(TensorInfo::name).toList());
            for (TensorInfo tensor : gguf.tensors()) {
                text.append(String.format(
                        Locale.ROOT,
                        "  %s  %-7s  %-16s  %10s\n",
                        padded(tensor.name(), width),
                        tensor.type().text(),
                        Values.shape(tensor.shape()),
                        Units.bytes(tensor.bytes())));
            }
        }
        if (shows(template) && gguf.metadata().containsKey(TEMPLATE_KEY)) {
            text.append("\nChat template\n")
                    .append(Visible.lines(template(gguf)))
                    .append('\n');
        }
        return text.toString();
    }

    private static int width(Iterable<String> texts) {
        int width = 0;
        for (String text : texts) {
            width = Math.max(width, Visible.of(text).length());
        }
        return width;
    }

    private static String padded(String text, int width) {
        String shown = Visible.of(text);
        return shown + " ".repeat(width - shown.length());
    }

    private Map<String, Object> asMap(String name, GgufFile gguf) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("file", name);
        all.put("version", gguf.version());
        if (shows(metadata)) {
            Map<String, Object> values = new LinkedHashMap<>();
            gguf.metadata().forEach((key, value) -> values.put(key, Values.json(value, full)));
            all.put("metadata", values);
        }
        if (shows(tensors)) {
            List<Map<String, Object>> list = new ArrayList<>();
            for (TensorInfo tensor : gguf.tensors()) {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("name", tensor.name());
                entry.put("type", tensor.type().text());
                entry.put("shape", Values.list(tensor.shape()));
                entry.put("offset", tensor.offset());
                entry.put("bytes", tensor.bytes());
                list.add(entry);
            }
            all.put("tensors", list);
        }
        if (shows(template)) {
            all.put("template", String.valueOf(gguf.metadata().getOrDefault(TEMPLATE_KEY, "")));
        }
        return all;
    }
}
