package dev.tokapu.server.files;

import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.disk.TimedIds;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files on the disk: of each its bytes and a record. What lacks either is no file, and goes when the folder is read.
 *
 * <p>Thread safety: safe, as long as two threads do not change one file.
 */
final class FileFolder {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");
    private static final String RECORD = ".json";
    private static final String BYTES = ".data";

    private final DataFolder disk;
    private final Path folder;
    private final TimedIds ids;

    FileFolder(DataFolder disk, TimedIds ids) throws IOException {
        this.disk = disk;
        this.folder = disk.folder("files");
        this.ids = ids;
    }

    private Path record(String id) {
        return folder.resolve(id + RECORD);
    }

    private Path bytes(String id) {
        return folder.resolve(id + BYTES);
    }

    /** All files. */
    List<StoredFile> read() throws IOException {
        List<StoredFile> all = new ArrayList<>();
        for (Path file : disk.list(folder, this::isOurs)) {
            String name = String.valueOf(file.getFileName());
            String id = name.substring(0, name.lastIndexOf('.'));
            if (!Files.exists(record(id)) || !Files.exists(bytes(id))) {
                disk.delete(file);
            } else if (name.endsWith(RECORD)) {
                try {
                    all.add(read(id));
                } catch (ProblemException | IOException e) {
                    LOG.warn("{} is left out: {}", file, e.toString());
                }
            }
        }
        return all;
    }

    private boolean isOurs(String name) {
        return (name.endsWith(RECORD) || name.endsWith(BYTES)) && ids.isId(name.substring(0, name.lastIndexOf('.')));
    }

    private StoredFile read(String id) throws IOException {
        StoredFile file = StoredFile.of(JsonText.readObject(Files.readAllBytes(record(id))));
        if (!id.equals(file.id()) || Files.size(bytes(id)) != file.bytes()) {
            throw new IOException("it does not fit its bytes");
        }
        return file;
    }

    /** Takes bytes from elsewhere: the record comes last, without it there is no file. */
    void add(Path from, StoredFile file) throws IOException {
        disk.move(from, bytes(file.id()));
        disk.write(record(file.id()), JsonText.write(file.record()));
    }

    /** Takes bytes that must not get lost: as long as they have not moved, they can be taken again. */
    void adopt(Path from, StoredFile file) throws IOException {
        disk.write(record(file.id()), JsonText.write(file.record()));
        disk.move(from, bytes(file.id()));
    }

    InputStream open(String id) throws IOException {
        return Files.newInputStream(bytes(id));
    }

    /** From now on there is no such file, also after a restart. */
    void forget(String id) throws IOException {
        disk.delete(record(id));
    }

    /** Removes what is left of a file. */
    void delete(String id) {
        try {
            disk.delete(record(id));
            disk.delete(bytes(id));
        } catch (IOException e) {
            LOG.warn("What is left of {} stays until the next start: {}", id, e.toString());
        }
    }
}
