package dev.tokapu.server.page;

import dev.tokapu.server.page.PageFile.Encoding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The files of the page, which the artifact tokapu-server-page has. All of them are read at the start: what is served is what is in
 * their list, and no path of a client leads anywhere else.
 *
 * <p>Thread safety: immutable.
 */
final class PageFiles {

    private static final String FOLDER = "META-INF/tokapu-page/";
    private static final String LIST = "assets.txt";

    /** Name of an encoding to what its file's name ends with; the best first. */
    private static final List<Map.Entry<String, String>> COMPRESSED =
            List.of(Map.entry("br", ".br"), Map.entry("gzip", ".gz"));

    private final Map<String, PageFile> files;

    private PageFiles(Map<String, PageFile> files) {
        this.files = Map.copyOf(files);
    }

    /** Those on the class path; none where the artifact is not. */
    static PageFiles load() {
        Map<String, PageFile> files = new HashMap<>();
        byte[] list = read(LIST);
        if (list != null) {
            new String(list, StandardCharsets.UTF_8).lines().forEach(name -> files.put(name, file(name)));
        }
        return new PageFiles(files);
    }

    private static PageFile file(String name) {
        List<Encoding> encodings = new ArrayList<>();
        COMPRESSED.forEach(form -> {
            byte[] bytes = read(name + form.getValue());
            if (bytes != null) {
                encodings.add(new Encoding(form.getKey(), bytes));
            }
        });
        encodings.add(new Encoding("", Objects.requireNonNull(read(name), name)));
        return new PageFile(PageFile.typeOf(name), List.copyOf(encodings));
    }

    private static byte @Nullable [] read(String name) {
        try (InputStream in = PageFiles.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the page's file " + name + " cannot be read", e);
        }
    }

    @Nullable
    PageFile find(String name) {
        return files.get(name);
    }
}
