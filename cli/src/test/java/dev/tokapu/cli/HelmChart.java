package dev.tokapu.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The chart in packaging/helm, and a little access to YAML. */
final class HelmChart {

    static final Path FOLDER = Path.of("..", "packaging", "helm", "tokapu");

    private HelmChart() {}

    static Object yaml(String text) {
        return new Yaml().load(text);
    }

    static List<Object> documents(String text) {
        return Stream.of(text.split("(?m)^---$", -1))
                .map(HelmChart::yaml)
                .filter(one -> one != null)
                .toList();
    }

    /** What is at a path of keys and indices. */
    static Object at(Object value, Object... path) {
        Object found = value;
        for (Object key : path) {
            found = found instanceof List<?> list ? list.get((int) key) : ((Map<?, ?>) found).get(key);
        }
        return found;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All templates as one text. */
    static String templates() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("templates"))) {
            return String.join("\n", files.sorted().map(HelmChart::read).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
