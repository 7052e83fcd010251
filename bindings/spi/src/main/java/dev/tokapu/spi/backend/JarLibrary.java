package dev.tokapu.spi.backend;

import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.library.CacheDirectory;
import dev.tokapu.spi.library.CacheEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;

/** A library in somebody else's jar, which has no list of checksums: the jar's own CRC names and checks it. */
final class JarLibrary implements CacheEntry.Content {

    private final URL url;
    private final String name;
    private final long size;
    private final long crc;

    private JarLibrary(URL url, String name, long size, long crc) {
        this.url = url;
        this.name = name;
        this.size = size;
        this.crc = crc;
    }

    /**
     * Brings the library into the cache, once for all JVMs.
     *
     * @param url the library
     * @param name its file name
     * @return the file
     * @throws NativeLoadException when it cannot be read or written
     */
    static Path unpack(URL url, String name) {
        try {
            if (url.getProtocol().equals("file")) {
                return Path.of(URI.create(url.toString()));
            }
            CacheDirectory cache = CacheDirectory.choose();
            JarLibrary library = of(url, name);
            String folder = name + '-' + Long.toHexString(library.crc) + '-' + library.size;
            return new CacheEntry(cache.path(), folder)
                    .fill(library, url.toString(), !cache.trusted())
                    .resolve(name);
        } catch (IOException e) {
            throw new NativeLoadException("Cannot read " + url + ": " + e, e);
        }
    }

    private static JarLibrary of(URL url, String name) throws IOException {
        if (!(url.openConnection() instanceof JarURLConnection connection)) {
            throw new IOException("neither a file nor in a jar");
        }
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            ZipEntry entry = connection.getJarEntry();
            return new JarLibrary(url, name, entry.getSize(), entry.getCrc());
        }
    }

    @Override
    public void writeTo(Path folder) throws IOException {
        JarURLConnection connection = (JarURLConnection) url.openConnection();
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream();
                OutputStream out = Files.newOutputStream(folder.resolve(name), StandardOpenOption.CREATE_NEW)) {
            if (copy(in, out) != crc) {
                throw new NativeLoadException(url + " is damaged: fetch the jar again.");
            }
        }
    }

    @Override
    public boolean isIn(Path folder) throws IOException {
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            return copy(in, OutputStream.nullOutputStream()) == crc;
        }
    }

    private static long copy(InputStream in, OutputStream out) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
        checked.transferTo(out);
        return checked.getChecksum().getValue();
    }
}
