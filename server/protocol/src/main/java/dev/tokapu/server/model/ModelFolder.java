package dev.tokapu.server.model;

import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The models of a folder and of the folders in it: a preset for each GGUF file, named as the file; a split model counts once.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ModelFolder {

    private static final String SUFFIX = ".gguf";
    private static final Pattern PART = Pattern.compile("(.+)-(\\d{5})-of-\\d{5}\\.gguf");
    private static final int FIRST = 1;
    private static final int DEPTH = 2;

    private ModelFolder() {}

    /**
     * Looks into a folder. Projectors of images ({@code mmproj*}) are no models.
     *
     * @param folder the folder
     * @return the presets by name, with the defaults; where two files have the same name, it is the path within the folder
     * @throws IOException when it cannot be read
     */
    public static List<ModelPreset> presets(Path folder) throws IOException {
        Map<String, List<Path>> byName = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(folder, DEPTH)) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                Matcher part = PART.matcher(name);
                boolean counts = !part.matches() || Integer.parseInt(part.group(2)) == FIRST;
                if (name.endsWith(SUFFIX) && counts && !name.startsWith("mmproj") && Files.isRegularFile(file)) {
                    byName.computeIfAbsent(nameOf(file), key -> new ArrayList<>())
                            .add(file);
                }
            }
        }
        List<ModelPreset> presets = new ArrayList<>();
        byName.forEach((name, files) -> files.forEach(file ->
                presets.add(ModelPreset.of(files.size() == 1 ? name : within(folder, file), ModelSource.file(file)))));
        return presets;
    }

    /** {@return what a model is named that comes from a file} */
    public static String nameOf(Path file) {
        String name = String.valueOf(file.getFileName());
        Matcher part = PART.matcher(name);
        if (part.matches()) {
            return part.group(1);
        }
        return name.toLowerCase(Locale.ROOT).endsWith(SUFFIX)
                ? name.substring(0, name.length() - SUFFIX.length())
                : name;
    }

    private static String within(Path folder, Path file) {
        String path = folder.relativize(file).toString().replace('\\', '/');
        return path.substring(0, path.length() - SUFFIX.length());
    }
}
