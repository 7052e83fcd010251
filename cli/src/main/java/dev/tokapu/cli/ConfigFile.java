package dev.tokapu.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A configuration file: JSON with comments and commas before closing brackets, whose values know where they stand. */
final class ConfigFile {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .build();

    private final String name;

    private ConfigFile(String name) {
        this.name = name;
    }

    /** Reads a file that holds one object. */
    static ConfigValue read(Path file) {
        ConfigFile reader = new ConfigFile(file.toString());
        try {
            return reader.parse(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new CliException(
                    ExitCode.USAGE, reader.place(e.getLocation()) + ": it is no JSON: " + e.getOriginalMessage());
        } catch (NoSuchFileException e) {
            throw new CliException(ExitCode.USAGE, "--config " + file + " does not exist");
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "--config " + file + " cannot be read as UTF-8 text: " + e);
        }
    }

    private ConfigValue parse(String text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken token = parser.nextToken();
            if (token != JsonToken.START_OBJECT) {
                throw new CliException(ExitCode.USAGE, name + ":1:1: a configuration must be an object: { ... }");
            }
            ConfigValue all = value(parser, token);
            if (parser.nextToken() != null) {
                throw new CliException(
                        ExitCode.USAGE, place(parser.currentTokenLocation()) + ": there is text after the object");
            }
            return all;
        }
    }

    private String place(@Nullable JsonLocation location) {
        return location == null ? name : name + ':' + location.getLineNr() + ':' + location.getColumnNr();
    }

    /** Members stand where their names do, other values where they begin. */
    private ConfigValue value(JsonParser parser, JsonToken token) throws IOException {
        return new ConfigValue(plain(parser, token), place(parser.currentTokenLocation()));
    }

    private @Nullable Object plain(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, ConfigValue> map = new LinkedHashMap<>();
                for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                    String place = place(parser.currentTokenLocation());
                    map.put(key, new ConfigValue(plain(parser, parser.nextToken()), place));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<ConfigValue> list = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    String place = place(parser.currentTokenLocation());
                    list.add(new ConfigValue(plain(parser, next), place));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }
}
