package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeApi;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A jar of pretended native libraries. */
public final class TestJar {

    private String classifier = "linux-x86_64";
    private String head =
            "# abi " + NativeApi.ABI_VERSION + " llama " + NativeApi.LLAMA_VERSION + " tree fd57 id abc123";
    private final Map<String, byte[]> listed = new LinkedHashMap<>();
    private final Map<String, byte[]> stored = new LinkedHashMap<>();

    public TestJar classifier(String value) {
        classifier = value;
        return this;
    }

    public TestJar head(String value) {
        head = value;
        return this;
    }

    public TestJar file(String name, byte[] content) {
        listed.put(name, content);
        stored.put(name, content);
        return this;
    }

    /** Stores other bytes than the manifest promises. */
    public TestJar corrupt(String name) {
        byte[] other = stored.get(name).clone();
        other[other.length / 2] ^= 1;
        stored.put(name, other);
        return this;
    }

    public TestJar missing(String name) {
        stored.remove(name);
        return this;
    }

    public Path write(Path file) throws IOException {
        String folder = "META-INF/native/" + classifier + '/';
        StringBuilder manifest = new StringBuilder(head).append('\n');
        listed.forEach((name, content) ->
                manifest.append(sha256(content)).append("  ").append(name).append('\n'));
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(folder + LibraryManifest.FILE));
            zip.write(manifest.toString().getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, byte[]> entry : stored.entrySet()) {
                zip.putNextEntry(new ZipEntry(folder + entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return file;
    }

    public static URLClassLoader loader(Path jar) throws IOException {
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    public static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
