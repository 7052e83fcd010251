package dev.tokapu.cli;

import dev.tokapu.source.ModelSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** What goes for options that are not given: first the environment, as TOKAPU_MAX_LOADED for --max-loaded, then the configuration file. */
final class ServeDefaults implements IDefaultValueProvider {

    static final String CONFIG = "--config";
    private static final Set<String> OF_A_CALL = Set.of(CONFIG, "--check", "--probe"); // not of a configuration
    static final String PRESETS = "presets";
    private static final String PREFIX = "TOKAPU_";

    private final @Nullable Path file;
    private final Map<String, ConfigValue> values;
    private final UnaryOperator<@Nullable String> environment;

    private ServeDefaults(
            @Nullable Path file, Map<String, ConfigValue> values, UnaryOperator<@Nullable String> environment) {
        this.file = file;
        this.values = values;
        this.environment = environment;
    }

    /** Sees to it that a command takes its defaults from there; {@code args} may name the file. */
    static void applyTo(CommandLine serve, List<String> args, UnaryOperator<@Nullable String> environment) {
        Path file = file(args, environment);
        Map<String, ConfigValue> values = file == null ? Map.of() : values(file, serve);
        serve.setDefaultValueProvider(new ServeDefaults(file, values, environment));
    }

    private static @Nullable Path file(List<String> args, UnaryOperator<@Nullable String> environment) {
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.startsWith(CONFIG + '=')) {
                return Path.of(arg.substring(CONFIG.length() + 1));
            }
            if (arg.equals(CONFIG) && i + 1 < args.size()) {
                return Path.of(args.get(i + 1));
            }
        }
        String named = environment.apply(PREFIX + "CONFIG");
        return named == null || named.isBlank() ? null : Path.of(named);
    }

    private static Map<String, ConfigValue> values(Path file, CommandLine serve) {
        Map<String, ConfigValue> members = ConfigFile.read(file).object("a configuration");
        TreeSet<String> known = new TreeSet<>(List.of(PRESETS));
        for (OptionSpec option : serve.getCommandSpec().options()) {
            if (!option.usageHelp() && !OF_A_CALL.contains(option.longestName())) {
                known.add(key(option));
            }
        }
        Names.refuseUnknown(members, known);
        Map<String, ConfigValue> values = new LinkedHashMap<>(members);
        values.remove(PRESETS);
        return values;
    }

    private static String key(OptionSpec option) {
        return option.longestName().substring(2);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return null;
        }
        if (option.longestName().equals(CONFIG)) {
            return file == null ? null : file.toString();
        }
        String given = environment.apply(variable(option.longestName()));
        if (given != null && !given.isBlank()) {
            return given;
        }
        ConfigValue value = values.get(key(option));
        return value == null ? null : text(option, value);
    }

    /** Paths are from the folder of the file on. */
    private String text(OptionSpec option, ConfigValue value) {
        String text = value.asOption(key(option));
        Path parent = file == null ? null : file.toAbsolutePath().getParent();
        boolean isPath = option.type() == Path.class || (option.type() == ModelSource.class && !text.contains("://"));
        return isPath && parent != null ? parent.resolve(text).toString() : text;
    }

    /** The variable of the environment that sets an option, too. */
    static String variable(String option) {
        return PREFIX + option.substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Where a value is from that is wrong, when it is not from the command line. */
    static String origin(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        if (!(failure.getArgSpec() instanceof OptionSpec option)
                || !(command.getDefaultValueProvider() instanceof ServeDefaults defaults)
                || command.getParseResult().hasMatchedOption(option)) {
            return "";
        }
        String variable = variable(option.longestName());
        if (defaults.environment.apply(variable) != null) {
            return " (from the environment: " + variable + ')';
        }
        ConfigValue value = defaults.values.get(key(option));
        return value == null ? "" : " (" + value.place() + ')';
    }
}
