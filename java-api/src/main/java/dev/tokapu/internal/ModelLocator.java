package dev.tokapu.internal;

import dev.tokapu.ModelLoadException;
import dev.tokapu.ModelSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The way from a {@link ModelSource} to bytes that native code can open, with all that can be checked before.
 *
 * <p>Thread safety: safe.
 */
public final class ModelLocator {

    private static final Pattern SPLIT = Pattern.compile("(.*-)(\\d{5})(-of-(\\d{5})\\.gguf)");
    private static final String NESTED = "!/";

    private ModelLocator() {}

    /**
     * Finds a model.
     *
     * @param source where it comes from
     * @return where its bytes lie
     * @throws ModelLoadException when it is not there or cannot be read
     */
    public static ModelLocation locate(ModelSource source) {
        if (source instanceof ModelSource.File file) {
            return new ModelLocation.Files(parts(source, file.path()));
        }
        if (source instanceof ModelSource.Split split) {
            split.paths().forEach(path -> requireFile(source, path));
            return new ModelLocation.Files(split.paths());
        }
        if (source instanceof ModelSource.ZipEntry zip) {
            return entry(source, zip);
        }
        if (source instanceof ModelSource.Resource resource) {
            return resource(resource);
        }
        ModelSource.FileDescriptor open = (ModelSource.FileDescriptor) source;
        return new ModelLocation.Descriptor(open.fd(), open.offset(), open.size());
    }

    /** The file, or all parts when its name says that it is one of several. */
    private static List<Path> parts(ModelSource source, Path path) {
        requireFile(source, path);
        Matcher name = SPLIT.matcher(String.valueOf(path.getFileName()));
        if (!name.matches()) {
            return List.of(path);
        }
        int count = Integer.parseInt(name.group(4));
        List<Path> parts = new ArrayList<>();
        for (int part = 1; part <= count; part++) {
            Path sibling = path.resolveSibling(name.group(1) + String.format("%05d", part) + name.group(3));
            requireFile(source, sibling);
            parts.add(sibling);
        }
        return parts.isEmpty() ? List.of(path) : parts;
    }

    private static void requireFile(ModelSource source, Path path) {
        String problem = problem(path);
        if (problem != null) {
            throw new ModelLoadException(source.toString(), path.toAbsolutePath() + " " + problem);
        }
    }

    private static @Nullable String problem(Path path) {
        if (Files.isDirectory(path)) {
            return "is a directory; name the GGUF file in it";
        }
        if (!Files.exists(path)) {
            return "does not exist; check the path";
        }
        return Files.isReadable(path) ? null : "cannot be read; check its permissions";
    }

    private static ModelLocation entry(ModelSource source, ModelSource.ZipEntry zip) {
        requireFile(source, zip.zip());
        try {
            Optional<ZipEntryLocator.Entry> found = find(zip.zip(), List.of(zip.entry()));
            if (found.isEmpty()) {
                throw new ModelLoadException(source.toString(), zip.zip() + " has no entry " + zip.entry());
            }
            ZipEntryLocator.Entry entry = found.get();
            if (entry.stored()) {
                return new ModelLocation.Range(zip.zip(), entry.offset(), entry.size());
            }
            return extracted(source, zip.entry(), entry, () -> open(zip));
        } catch (IOException e) {
            throw new ModelLoadException(source.toString(), zip.zip() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static ModelLocation resource(ModelSource.Resource source) {
        URL url = find(source);
        if (url == null) {
            throw new ModelLoadException(
                    source.toString(), "no such resource; check its name and that its jar is on the class path");
        }
        try {
            Optional<List<String>> path = split(url);
            if (path.isEmpty()) {
                return extracted(source, url);
            }
            Path file = Path.of(URI.create(path.get().get(0)));
            List<String> entries = path.get().subList(1, path.get().size());
            if (entries.isEmpty()) {
                return new ModelLocation.Files(parts(source, file));
            }
            ZipEntryLocator.Entry entry = find(file, entries).orElse(null);
            if (entry != null && entry.stored()) {
                return new ModelLocation.Range(file, entry.offset(), entry.size());
            }
            return entry == null
                    ? extracted(source, url)
                    : extracted(source, source.name(), entry, () -> open(url.openConnection()));
        } catch (IOException | InvalidPathException e) {
            throw new ModelLoadException(source.toString(), url + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static @Nullable URL find(ModelSource.Resource source) {
        ClassLoader chosen = source.loader();
        if (chosen != null) {
            return chosen.getResource(source.name());
        }
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        URL url = context == null ? null : context.getResource(source.name());
        ClassLoader own = ModelLocator.class.getClassLoader();
        return url == null && own != null ? own.getResource(source.name()) : url;
    }

    /**
     * The address of a file and the entries to follow from there: none for a plain file, several for a jar within a jar.
     * Knows {@code file:}, {@code jar:file:} and Spring Boot's {@code jar:nested:}; empty for others.
     */
    static Optional<List<String>> split(URL url) {
        String text = url.toString();
        if (text.startsWith("jar:nested:")) {
            text = "jar:file:" + text.substring("jar:nested:".length()).replace("/" + NESTED.charAt(0), NESTED);
        }
        if (text.startsWith("jar:")) {
            text = text.substring("jar:".length());
        }
        if (!text.startsWith("file:")) {
            return Optional.empty();
        }
        List<String> steps = new ArrayList<>();
        for (String step : text.split(NESTED, -1)) {
            steps.add(steps.isEmpty() ? step : decoded(step));
        }
        return Optional.of(steps);
    }

    private static String decoded(String path) {
        String decoded = URI.create("file:/" + path).getPath();
        return decoded == null ? path : decoded.replaceFirst("^/+", "");
    }

    /** Follows the entries, as long as all but the last are zip files that are stored without compression. */
    private static Optional<ZipEntryLocator.Entry> find(Path file, List<String> entries) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ZipEntryLocator.Entry found = new ZipEntryLocator.Entry(0, channel.size(), 0, true);
            String directory = "";
            for (String name : entries) {
                ZipEntryLocator zip = new ZipEntryLocator(channel, found.offset(), found.size());
                Optional<ZipEntryLocator.Entry> next = found.stored() ? zip.find(directory + name) : Optional.empty();
                if (next.isEmpty()) {
                    directory = directory + name + "/";
                } else {
                    directory = "";
                    found = next.get();
                }
            }
            return directory.isEmpty() ? Optional.of(found) : Optional.empty();
        }
    }

    private static InputStream open(ModelSource.ZipEntry wanted) throws IOException {
        ZipInputStream zip = new ZipInputStream(Files.newInputStream(wanted.zip()));
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            if (entry.getName().equals(wanted.entry())) {
                return zip;
            }
        }
        zip.close();
        throw new IOException(wanted + " cannot be read from the beginning of the file");
    }

    private static InputStream open(URLConnection connection) throws IOException {
        connection.setUseCaches(false);
        return connection.getInputStream();
    }

    /** An entry is known by its size and checksum. */
    private static ModelLocation extracted(
            ModelSource source, String name, ZipEntryLocator.Entry entry, ModelCache.Content content) {
        String key = Long.toHexString(entry.size()) + "-" + Long.toHexString(entry.crc());
        return new ModelLocation.Files(
                List.of(ModelCache.extract(source.toString(), name, key, entry.size(), content)));
    }

    /** Any other address is known by its text, size and date. */
    private static ModelLocation extracted(ModelSource.Resource source, URL url) throws IOException {
        URLConnection connection = url.openConnection();
        long size = connection.getContentLengthLong();
        String key = Long.toHexString(size) + "-" + Long.toHexString(connection.getLastModified()) + "-"
                + Integer.toHexString(url.toString().hashCode());
        return new ModelLocation.Files(
                List.of(ModelCache.extract(source.toString(), source.name(), key, size, () -> open(connection))));
    }
}
