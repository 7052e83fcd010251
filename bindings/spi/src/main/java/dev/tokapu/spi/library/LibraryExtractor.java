package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeLoadException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** Brings the libraries of one of our jars into the cache; {@code libraries.sha256} lists them. */
public final class LibraryExtractor implements CacheEntry.Content {

    private final URL source;
    private final LibraryManifest manifest;
    private final CacheEntry folder;

    /**
     * Creates an extractor.
     *
     * @param source the manifest; the libraries are its siblings
     * @param manifest what it says
     * @param cache the cache directory
     * @param classifier the platform
     */
    public LibraryExtractor(URL source, LibraryManifest manifest, Path cache, String classifier) {
        this.source = source;
        this.manifest = manifest;
        this.folder = new CacheEntry(cache, classifier + '-' + manifest.id());
    }

    /**
     * Extracts what is not there yet.
     *
     * @param verify whether to compare the checksums of files that are there already, not only their sizes
     * @return the directory of the libraries
     */
    public Path extract(boolean verify) {
        return folder.fill(this, source.toString(), verify);
    }

    @Override
    public void writeTo(Path target) throws IOException {
        for (Map.Entry<String, String> entry : manifest.checksums().entrySet()) {
            extractOne(entry.getKey(), entry.getValue(), target.resolve(entry.getKey()));
        }
    }

    @Override
    public boolean isIn(Path target) throws IOException {
        for (Map.Entry<String, String> entry : manifest.checksums().entrySet()) {
            try (InputStream in = Files.newInputStream(target.resolve(entry.getKey()))) {
                if (!copy(in, OutputStream.nullOutputStream()).equals(entry.getValue())) {
                    return false;
                }
            }
        }
        return true;
    }

    private void extractOne(String name, String checksum, Path file) throws IOException {
        URL url = new URL(source, name);
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        String actual;
        try (InputStream in = connection.getInputStream();
                OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            actual = copy(in, out);
        } catch (FileNotFoundException e) {
            throw new NativeLoadException(
                    url + " is missing, but " + LibraryManifest.FILE + " lists it. The jar is damaged: fetch it again.",
                    e);
        }
        if (!actual.equals(checksum)) {
            throw new NativeLoadException(url + " has the checksum " + actual + ", but " + LibraryManifest.FILE
                    + " says " + checksum + ". The jar is damaged: fetch it again.");
        }
    }

    private static String copy(InputStream in, OutputStream out) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(out);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
