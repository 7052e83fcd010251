package dev.tokapu.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tokapu.tool.ToolDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import org.jspecify.annotations.Nullable;

/** Reads a file of tools: a JSON array of objects with name, description, parameters, command and timeout. */
final class ToolFile {

    private static final Set<String> KEYS = Set.of("name", "description", "parameters", "command", "timeout");
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final Path file;

    private ToolFile(Path file) {
        this.file = file;
    }

    /** The tools of a file; a {@link CliException} names the place of what is wrong. */
    static List<CommandTool> read(Path file) {
        return new ToolFile(file).tools();
    }

    private List<CommandTool> tools() {
        Object json = json();
        if (!(json instanceof List<?> list) || list.isEmpty()) {
            throw problem("", "is no list of tools: [{\"name\": ..., \"command\": [...]}, ...]");
        }
        List<CommandTool> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            String place = "[" + i + "]";
            CommandTool tool = tool(place, list.get(i));
            if (!names.add(tool.definition().name())) {
                throw problem(place + ".name", "'" + tool.definition().name() + "' is the name of another tool, too");
            }
            tools.add(tool);
        }
        return tools;
    }

    private Object json() {
        try {
            Object json = Json.read(Files.readString(file));
            return json == null ? "null" : json;
        } catch (UncheckedIOException e) {
            String where = e.getCause() instanceof JsonProcessingException syntax && syntax.getLocation() != null
                    ? "line " + syntax.getLocation().getLineNr() + ", column "
                            + syntax.getLocation().getColumnNr() + ": " + syntax.getOriginalMessage()
                    : String.valueOf(e.getMessage());
            throw problem("", "is no JSON: " + where);
        } catch (IOException e) {
            throw problem("", "cannot be read as UTF-8 text: " + e);
        }
    }

    private CommandTool tool(String place, @Nullable Object json) {
        if (!(json instanceof Map<?, ?> map)) {
            throw problem(place, "is no object");
        }
        for (Object key : map.keySet()) {
            if (!KEYS.contains(String.valueOf(key))) {
                throw problem(
                        place + "." + key, "is unknown; a tool has name, description, parameters, command, timeout");
            }
        }
        Object parameters = map.containsKey("parameters") ? map.get("parameters") : Map.of("type", "object");
        if (!(parameters instanceof Map<?, ?> schema)) {
            throw problem(place + ".parameters", "is no JSON Schema of an object");
        }
        Object properties = schema.get("properties");
        Set<?> known = properties instanceof Map<?, ?> named ? named.keySet() : Set.of();
        List<String> words = words(place + ".command", map.get("command"), known);
        String description = map.containsKey("description") ? text(place, map, "description") : "";
        try {
            ToolDefinition definition = new ToolDefinition(text(place, map, "name"), description, Json.of(schema));
            CommandTool tool = new CommandTool(definition, words, timeout(place + ".timeout", map.get("timeout")));
            tool.tool(); // which checks the schema
            return tool;
        } catch (IllegalArgumentException e) {
            throw problem(place, String.valueOf(e.getMessage()));
        }
    }

    private String text(String place, Map<?, ?> map, String key) {
        if (!(map.get(key) instanceof String text)) {
            throw problem(place + "." + key, map.containsKey(key) ? "is no text" : "is missing");
        }
        return text;
    }

    private List<String> words(String place, @Nullable Object json, Set<?> known) {
        if (!(json instanceof List<?> list) || list.isEmpty()) {
            throw problem(place, "is no list of a program and its arguments, such as [\"date\", \"+%F\"]");
        }
        List<String> words = new ArrayList<>();
        for (Object item : list) {
            String here = place + "[" + words.size() + "]";
            if (!(item instanceof String word)) {
                throw problem(here, "is no text");
            }
            for (MatchResult found :
                    CommandTool.PLACEHOLDER.matcher(word).results().toList()) {
                if (words.isEmpty()) {
                    throw problem(here, "is the program, which the model does not choose: it has no {placeholder}");
                }
                if (!known.contains(found.group(1))) {
                    throw problem(
                            here,
                            found.group() + " is none of the parameters " + known
                                    + "; as text, write it with blanks: { " + found.group(1) + " }");
                }
            }
            words.add(word);
        }
        return words;
    }

    private Duration timeout(String place, @Nullable Object json) {
        if (json == null) {
            return DEFAULT_TIMEOUT;
        }
        if (!(json instanceof Number seconds) || !(seconds.doubleValue() > 0) || seconds.doubleValue() > 1e9) {
            throw problem(place, "is no number of seconds: " + json);
        }
        return Duration.ofNanos((long) (seconds.doubleValue() * 1e9));
    }

    private CliException problem(String place, String what) {
        return new CliException(ExitCode.USAGE, "--tools " + file + (place.isEmpty() ? "" : ", " + place) + " " + what);
    }
}
