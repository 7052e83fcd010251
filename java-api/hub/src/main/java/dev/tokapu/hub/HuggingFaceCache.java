package dev.tokapu.hub;

import dev.tokapu.internal.util.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The cache that Hugging Face's own library and llama.cpp share: blobs by their checksum, a folder of links for each commit, and the commit of
 * each revision.
 *
 * @param root the folder of all repositories
 */
record HuggingFaceCache(Path root) {

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final String PREFIX = "models--";
    private static final String SNAPSHOTS = "snapshots";

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    Path folder(String repo) {
        return root.resolve(PREFIX + repo.replace("/", "--"));
    }

    /** All repositories that have something there. */
    List<String> repos() throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(root)) {
            return folders.map(folder -> String.valueOf(folder.getFileName()))
                    .filter(name -> name.startsWith(PREFIX))
                    .map(name -> name.substring(PREFIX.length()).replaceFirst("--", "/"))
                    .filter(HubName::isRepo)
                    .sorted()
                    .toList();
        }
    }

    /** The revisions whose commit is known. */
    List<String> revisions(String repo) throws IOException {
        Path refs = folder(repo).resolve("refs");
        if (!Files.isDirectory(refs)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(refs)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** The commit that a revision was when it was last asked for. */
    Optional<String> commit(String repo, String revision) throws IOException {
        if (isCommit(revision)) {
            return Optional.of(revision);
        }
        Path ref = folder(repo).resolve(Path.of("refs", revision));
        if (!Files.isRegularFile(ref)) {
            return Optional.empty();
        }
        return Optional.of(Files.readString(ref).strip()).filter(HuggingFaceCache::isCommit);
    }

    void setCommit(String repo, String revision, String commit) throws IOException {
        if (!isCommit(revision)) {
            Path ref = folder(repo).resolve(Path.of("refs", revision));
            Files.createDirectories(ref.getParent());
            AtomicFile.write(ref, out -> out.write(commit.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** The GGUF files of a commit that are there as a whole. */
    List<String> files(String repo, String commit) throws IOException {
        Path snapshot = folder(repo).resolve(SNAPSHOTS).resolve(commit);
        if (!Files.isDirectory(snapshot)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(snapshot)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> snapshot.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> name.endsWith(".gguf"))
                    .sorted()
                    .toList();
        }
    }

    Path file(String repo, String commit, String path) {
        return folder(repo).resolve(SNAPSHOTS).resolve(commit).resolve(path);
    }

    Path blob(String repo, String checksum) {
        return folder(repo).resolve("blobs").resolve(checksum);
    }

    /** What those lock that download a blob, where Hugging Face's library has its locks. */
    Path lock(String repo, String checksum) {
        return root.resolve(".locks")
                .resolve(String.valueOf(folder(repo).getFileName()))
                .resolve(checksum + ".tokapu.lock");
    }

    /** Puts a blob under its name; where there are no symbolic links, the file itself. */
    void link(String repo, String commit, String path, String checksum) throws IOException {
        Path file = file(repo, commit, path);
        Path blob = blob(repo, checksum);
        if (Files.isRegularFile(file)) {
            return;
        }
        Path folder = Objects.requireNonNull(file.getParent());
        Files.createDirectories(folder);
        Files.deleteIfExists(file); // a link to a blob that is gone
        try {
            Files.createSymbolicLink(file, folder.relativize(blob));
        } catch (FileAlreadyExistsException e) {
            // Another process was faster.
        } catch (UnsupportedOperationException | IOException e) {
            Files.move(blob, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /**
     * Removes files of all commits, and blobs that nothing points to any more.
     *
     * @return the bytes that came free
     */
    long remove(String repo, Set<String> paths) throws IOException {
        Path snapshots = folder(repo).resolve(SNAPSHOTS);
        Set<Path> blobs = new HashSet<>();
        long freed = 0;
        for (Path file : regularFiles(snapshots)) {
            String path = snapshots.relativize(file).toString().replace('\\', '/');
            if (paths.contains(path.substring(path.indexOf('/') + 1))) {
                if (Files.isSymbolicLink(file)) {
                    blobs.add(target(file));
                } else {
                    freed += Files.size(file);
                }
                Files.delete(file);
            }
        }
        for (Path file : regularFiles(snapshots)) {
            if (Files.isSymbolicLink(file)) {
                blobs.remove(target(file));
            }
        }
        for (Path blob : blobs) {
            if (blob.startsWith(folder(repo).resolve("blobs").toAbsolutePath().normalize())
                    && Files.isRegularFile(blob)) {
                freed += Files.size(blob);
                Files.delete(blob);
            }
        }
        if (regularFiles(snapshots).isEmpty()) {
            Folders.delete(folder(repo));
        }
        return freed;
    }

    private static Path target(Path link) throws IOException {
        return link.toAbsolutePath()
                .resolveSibling(Files.readSymbolicLink(link))
                .normalize();
    }

    private static List<Path> regularFiles(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return new ArrayList<>(files.filter(file -> Files.isRegularFile(file) || Files.isSymbolicLink(file))
                    .toList());
        }
    }
}
