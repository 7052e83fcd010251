package dev.tokapu.spi;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Brings the libraries of one jar into the cache, once for all JVMs.
 *
 * <p>The target directory carries the content hash, so that it never changes: it is written under a temporary name beside the
 * target, each file is compared with its checksum on the way, and the finished directory is renamed. A file lock keeps other
 * processes, class loaders and threads from doing the same work. {@code complete}, written last, lists the sizes.
 */
final class LibraryExtractor {

    private static final String STAMP = "complete";
    private static final long LOCK_TIMEOUT_MILLIS = 120_000;
    private static final Object LOCK = new Object();

    private final URL source;
    private final LibraryManifest manifest;
    private final Path parent;
    private final Path target;

    /**
     * Creates an extractor.
     *
     * @param source the manifest; the libraries are its siblings
     * @param manifest what it says
     * @param cache the cache directory
     * @param classifier the platform
     */
    LibraryExtractor(URL source, LibraryManifest manifest, Path cache, String classifier) {
        this.source = source;
        this.manifest = manifest;
        this.parent = cache.resolve("native");
        this.target = parent.resolve(classifier + '-' + manifest.id());
    }

    /**
     * Extracts what is not there yet.
     *
     * @param verify whether to compare the checksums of files that are there already, not only their sizes
     * @return the directory of the libraries
     */
    Path extract(boolean verify) {
        try {
            if (isComplete(verify)) {
                return target;
            }
            Files.createDirectories(parent);
            synchronized (LOCK) {
                Path lockFile = parent.resolve(target.getFileName() + ".lock");
                try (FileChannel channel =
                                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = lock(channel, lockFile)) {
                    // Another process may have done it while this one waited.
                    if (!lock.isValid() || !isComplete(verify)) {
                        extractAll();
                    }
                    return target;
                }
            }
        } catch (IOException e) {
            throw new NativeLoadException(
                    "Cannot extract the native libraries of " + source + " to " + target + ": " + e + ". Set -D"
                            + NativeLibraries.CACHE_PROPERTY + " to a directory that can be written.",
                    e);
        }
    }

    /** FileChannel.lock() throws when another class loader of this JVM holds the lock: it is waited for here. */
    private static FileLock lock(FileChannel channel, Path lockFile) throws IOException {
        long end = System.nanoTime() + LOCK_TIMEOUT_MILLIS * 1_000_000;
        while (true) {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException e) {
                // Held inside this JVM: the same as held by another process.
            }
            if (System.nanoTime() - end > 0) {
                throw new IOException(
                        "another process has held " + lockFile + " for " + LOCK_TIMEOUT_MILLIS / 1000 + " seconds");
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for " + lockFile, e);
            }
        }
    }

    private boolean isComplete(boolean verify) {
        Path stamp = target.resolve(STAMP);
        if (!Files.isRegularFile(stamp)) {
            return false;
        }
        try {
            for (String line : Files.readAllLines(stamp, StandardCharsets.UTF_8)) {
                String[] parts = line.split("\t", 2);
                if (Files.size(target.resolve(parts[1])) != Long.parseLong(parts[0])) {
                    return false;
                }
            }
            return !verify || checksumsMatch();
        } catch (IOException | RuntimeException e) {
            // Damaged, or being replaced by another process right now: the lock sorts it out.
            return false;
        }
    }

    private boolean checksumsMatch() throws IOException {
        for (Map.Entry<String, String> entry : manifest.checksums().entrySet()) {
            try (InputStream in = Files.newInputStream(target.resolve(entry.getKey()))) {
                if (!copy(in, OutputStream.nullOutputStream()).equals(entry.getValue())) {
                    return false;
                }
            }
        }
        return true;
    }

    private void extractAll() throws IOException {
        String prefix = '.' + target.getFileName().toString() + '-';
        try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, prefix + '*')) {
            // From a process that was killed here; nobody else is inside, the lock is held.
            left.forEach(LibraryExtractor::deleteTree);
        }
        Path temp = Files.createTempDirectory(parent, prefix);
        try {
            StringBuilder sizes = new StringBuilder();
            for (Map.Entry<String, String> entry : new TreeMap<>(manifest.checksums()).entrySet()) {
                Path file = temp.resolve(entry.getKey());
                extractOne(entry.getKey(), entry.getValue(), file);
                sizes.append(Files.size(file))
                        .append('\t')
                        .append(entry.getKey())
                        .append('\n');
            }
            Files.writeString(temp.resolve(STAMP), sizes);
            moveAside();
            Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            deleteTree(temp);
        }
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

    /** An incomplete or damaged directory makes room; a JVM that has mapped its files keeps them. */
    private void moveAside() throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        for (int i = 0; ; i++) {
            Path aside = parent.resolve('.' + target.getFileName().toString() + ".damaged-" + i);
            if (Files.exists(aside)) {
                deleteTree(aside);
            }
            try {
                Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
                deleteTree(aside);
                return;
            } catch (FileAlreadyExistsException e) {
                if (i == 100) {
                    throw e;
                }
            }
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

    private static void deleteTree(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // Windows keeps files that are in use; what is left does no harm.
        }
    }
}
