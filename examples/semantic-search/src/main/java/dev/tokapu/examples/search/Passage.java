package dev.tokapu.examples.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A paragraph of a file, under the heading that it stands under. */
public record Passage(String file, String text) {

    private static final Pattern BLANK_LINES = Pattern.compile("\\R\\s*\\R");

    /** The passages of a folder's {@code .txt} and {@code .md} files. */
    public static List<Passage> of(Path folder) throws IOException {
        List<Passage> passages = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Passage::isText).sorted().toList()) {
                String name = folder.relativize(file).toString();
                String heading = "";
                for (String block : BLANK_LINES.split(Files.readString(file).strip(), -1)) {
                    if (isHeading(block)) {
                        heading = block.replaceFirst("#+\\s*", "").strip() + ": ";
                    } else if (!block.isBlank()) {
                        passages.add(new Passage(name, heading + block.strip()));
                    }
                }
            }
        }
        return passages;
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".txt") || name.endsWith(".md");
    }

    private static boolean isHeading(String block) {
        return block.startsWith("#") && block.lines().count() == 1;
    }

    /** The text in one line, its end cut off if it is long. */
    public String line() {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= 100 ? line : line.substring(0, 97) + "...";
    }
}
