package dev.tokapu.cli;

import dev.tokapu.gguf.GgufEdit;
import dev.tokapu.gguf.MetadataType;
import dev.tokapu.gguf.MetadataValue;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes the metadata of a GGUF file. */
@Command(
        name = "set",
        abbreviateSynopsis = true,
        description = {
            "Sets and removes metadata of a GGUF file, in place where the new value has the size of the old one.",
            "VALUE is a number, true, false, a text, or a JSON array of these; @PATH reads a text from a file."
        })
final class GgufSetCommand implements Callable<Integer> {

    private static final BigDecimal MOST_OF_32_BITS = BigDecimal.valueOf(0xffffffffL);

    private final Console console;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file.")
    private Path file = Path.of("");

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "KEY=VALUE", description = "What is set.")
    private List<String> settings = List.of();

    @Option(names = "--remove", paramLabel = "KEY", description = "Remove a key. May be repeated.")
    private List<String> removed = List.of();

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description =
                    "The type of the values, uint32 for example. Default: as before; of a new key, as the value looks.")
    private @Nullable String type;

    @Mixin
    private OutputArgs output = new OutputArgs();

    GgufSetCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        if (settings.isEmpty() && removed.isEmpty()) {
            throw new CliException(ExitCode.USAGE, "nothing to change; give KEY=VALUE or --remove KEY");
        }
        GgufEdit edit = GgufEdit.of(file);
        for (String key : removed) {
            if (!edit.file().values().containsKey(key)) {
                throw new CliException(ExitCode.USAGE, "'" + key + "' is not there; ./tokapu gguf show lists the keys");
            }
            edit.remove(key);
        }
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new CliException(ExitCode.USAGE, "'" + setting + "' is not KEY=VALUE");
            }
            String key = setting.substring(0, equals);
            try {
                edit.set(
                        key,
                        value(
                                setting.substring(equals + 1),
                                edit.file().values().get(key)));
            } catch (IllegalArgumentException e) {
                throw new CliException(ExitCode.USAGE, key + ": " + e.getMessage());
            }
        }
        GgufEdit.Outcome outcome = GgufCommand.work(console, "Writing", edit::apply);
        if (output.json()) {
            console.println(Json.of(Map.of("outcome", outcome.name().toLowerCase(Locale.ROOT))));
        } else {
            console.note(
                    switch (outcome) {
                        case UNCHANGED -> file + " has these values already";
                        case IN_PLACE -> "Changed in " + file;
                        case REWRITTEN -> "Rewrote " + file;
                    });
        }
        return ExitCode.OK;
    }

    private MetadataValue value(String text, @Nullable MetadataValue before) {
        Object value = parsed(text, before);
        MetadataType wanted = type != null ? named(type) : before != null ? before.type() : typeOf(value);
        if (before != null && type == null && before.isArray() != value instanceof List) {
            throw new IllegalArgumentException(
                    "the value is " + (before.isArray() ? "an array" : "no array") + "; give --type to change that");
        }
        return MetadataValue.of(wanted, value);
    }

    private Object parsed(String text, @Nullable MetadataValue before) {
        if (text.startsWith("@")) {
            return TextFile.read(Path.of(text.substring(1)));
        }
        MetadataType wanted = type != null ? named(type) : before == null ? null : before.type();
        if (text.startsWith("[") && (wanted != MetadataType.STRING || (before != null && before.isArray()))) {
            return array(text);
        }
        if (wanted == MetadataType.STRING) {
            return text;
        }
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            return text;
        }
    }

    private static List<Object> array(String text) {
        try {
            List<Object> items = new ArrayList<>();
            if (Json.read(text) instanceof List<?> list) {
                for (Object item : list) {
                    if (item == null || item instanceof List || item instanceof Map) {
                        throw new CliException(
                                ExitCode.USAGE,
                                "'" + text + "' has the item " + Json.of(item)
                                        + "; it can have numbers, truth values or texts");
                    }
                    items.add(item);
                }
            }
            return items;
        } catch (UncheckedIOException e) {
            throw new CliException(ExitCode.USAGE, "'" + text + "' is no JSON array: " + e.getMessage());
        }
    }

    private static MetadataType named(String name) {
        try {
            return MetadataType.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ExitCode.USAGE, "--type is '" + name + "'; it can be one of " + List.of(MetadataType.values()));
        }
    }

    /** As converters choose it: unsigned numbers of 32 bits where they fit. */
    private static MetadataType typeOf(Object value) {
        if (value instanceof List<?> items) {
            return items.isEmpty() ? MetadataType.STRING : typeOf(items.get(0));
        }
        if (value instanceof Boolean) {
            return MetadataType.BOOL;
        }
        if (!(value instanceof Number)) {
            return MetadataType.STRING;
        }
        BigDecimal number = new BigDecimal(value.toString());
        if (number.stripTrailingZeros().scale() > 0) {
            return MetadataType.FLOAT32;
        }
        if (number.signum() < 0) {
            return MetadataType.INT32;
        }
        return number.compareTo(MOST_OF_32_BITS) <= 0 ? MetadataType.UINT32 : MetadataType.UINT64;
    }
}
