package dev.tokapu.internal.load;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.source.DownloadProgress;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.library.FilePaths;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The way from a {@link ModelSource} to bytes that native code can open, with all that can be checked before.
 *
 * <p>Thread safety: safe.
 */
public final class ModelLocator {

    private static final String STORED = "A jar that stores it without compression needs no copy";

    private ModelLocator() {}

    /**
     * Finds a model. One of a hub that is not on this machine is downloaded.
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
        if (source instanceof ModelSource.Remote remote) {
            return locate(remote.find().orElseGet(() -> remote.download(DownloadProgress.logged())));
        }
        ModelSource.FileDescriptor open = (ModelSource.FileDescriptor) source;
        return new ModelLocation.Descriptor(open.fd(), open.offset(), open.size());
    }

    /** The file, or all parts when its name says that it is one of several. */
    private static List<Path> parts(ModelSource source, Path path) {
        requireFile(source, path);
        Optional<SplitName> split = SplitName.of(String.valueOf(path.getFileName()));
        if (split.isEmpty()) {
            return List.of(path);
        }
        List<Path> parts = new ArrayList<>();
        for (String name : split.get().all()) {
            Path sibling = sibling(source, path, name);
            requireFile(source, sibling);
            parts.add(sibling);
        }
        return parts;
    }

    private static Path sibling(ModelSource source, Path path, String name) {
        if (!FilePaths.isPortable(path.getFileName())) {
            throw new ModelLoadException(
                    source.toString(), "the names of its parts cannot be made: " + FilePaths.advice());
        }
        return path.resolveSibling(name);
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
        Optional<SplitName> split = SplitName.of(zip.entry());
        if (split.isEmpty()) {
            return entry(source, zip, false);
        }
        List<Path> parts = new ArrayList<>();
        for (String name : split.get().all()) {
            parts.addAll(files(entry(source, new ModelSource.ZipEntry(zip.zip(), name), true)));
        }
        return new ModelLocation.Files(parts);
    }

    private static ModelLocation entry(ModelSource source, ModelSource.ZipEntry zip, boolean isPart) {
        try {
            Optional<ZipEntryLocator.Entry> found = new ZipAddress(zip.zip(), List.of(zip.entry())).find();
            if (found.isEmpty()) {
                throw new ModelLoadException(source.toString(), zip.zip() + " has no entry " + zip.entry());
            }
            ZipEntryLocator.Entry entry = found.get();
            if (entry.stored() && !isPart) {
                return new ModelLocation.Range(zip.zip(), entry.offset(), entry.size());
            }
            return extracted(source, zip.entry(), entry, isPart, () -> open(zip));
        } catch (IOException e) {
            throw new ModelLoadException(source.toString(), zip.zip() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Parts may lie in different folders and jars: each is found by its own name. */
    private static ModelLocation resource(ModelSource.Resource source) {
        Optional<SplitName> split = SplitName.of(source.name());
        if (split.isEmpty()) {
            return resource(source, source.name(), false);
        }
        List<Path> parts = new ArrayList<>();
        for (String name : split.get().all()) {
            parts.addAll(files(resource(source, name, true)));
        }
        return new ModelLocation.Files(parts);
    }

    private static ModelLocation resource(ModelSource.Resource source, String name, boolean isPart) {
        URL url = find(source.loader(), name);
        if (url == null) {
            throw new ModelLoadException(
                    source.toString(),
                    (isPart ? "no resource " + name : "no such resource")
                            + "; check its name and that its jar is on the class path");
        }
        try {
            ZipAddress address = ZipAddress.of(url).orElse(null);
            if (address == null) {
                return extracted(source, url, name);
            }
            if (address.entries().isEmpty()) {
                requireFile(source, address.file());
                return new ModelLocation.Files(List.of(address.file()));
            }
            ZipEntryLocator.Entry entry = address.find().orElse(null);
            if (entry != null && entry.stored() && !isPart) {
                return new ModelLocation.Range(address.file(), entry.offset(), entry.size());
            }
            return entry == null
                    ? extracted(source, url, name)
                    : extracted(source, name, entry, isPart, () -> open(url.openConnection()));
        } catch (IOException | InvalidPathException e) {
            throw new ModelLoadException(source.toString(), url + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<Path> files(ModelLocation location) {
        return ((ModelLocation.Files) location).paths();
    }

    private static @Nullable URL find(@Nullable ClassLoader chosen, String name) {
        if (chosen != null) {
            return chosen.getResource(name);
        }
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        URL url = context == null ? null : context.getResource(name);
        ClassLoader own = ModelLocator.class.getClassLoader();
        return url == null && own != null ? own.getResource(name) : url;
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

    /** An entry is known by its size and checksum. llama.cpp reads parts from files only. */
    private static ModelLocation extracted(
            ModelSource source, String name, ZipEntryLocator.Entry entry, boolean isPart, ModelCache.Content content) {
        String key = Long.toHexString(entry.size()) + "-" + Long.toHexString(entry.crc());
        String remedy = isPart ? "Parts that are plain files need no copy" : STORED;
        return new ModelLocation.Files(
                List.of(ModelCache.extract(source.toString(), name, key, entry.size(), remedy, content)));
    }

    /** Any other address is known by its text, size and date. */
    private static ModelLocation extracted(ModelSource source, URL url, String name) throws IOException {
        URLConnection connection = url.openConnection();
        long known = connection.getContentLengthLong();
        long size = known > 0 ? known : -1;
        String key = Long.toHexString(size) + "-" + Long.toHexString(connection.getLastModified()) + "-"
                + Integer.toHexString(url.toString().hashCode());
        return new ModelLocation.Files(
                List.of(ModelCache.extract(source.toString(), name, key, size, STORED, () -> open(connection))));
    }
}
