package dev.tokapu.engine.disk;

import dev.tokapu.engine.prefix.PrefixScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a tier and its {@link DiskIndex}, kept the same.
 *
 * <p>Thread safety: safe.
 *
 * @param folder where the files are
 * @param index what is known of them
 * @param meter what was done
 */
record DiskFiles(DiskFolder folder, DiskIndex index, DiskMeter meter) {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");

    private record Found(
            Path path, long bytes, FileTime used, @Nullable EntryHeader header) {}

    /** Takes in what is there, by its headers, and brings it within the budget. */
    void scan(String key, Object adapters) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Path file : folder.files()) {
            look(file, found);
        }
        found.sort(Comparator.comparing(Found::used));
        for (Found file : found) {
            EntryHeader header = file.header;
            PrefixScope scope = header == null ? null : new PrefixScope(adapters, header.tenant());
            if (header != null && scope != null && header.key().equals(key)) {
                index.add(scope, header.tokens(), file.path, file.bytes);
            } else {
                index.addOther(new StoredFile(file.path, file.bytes, scope));
            }
        }
        evict(index.evictExcess());
    }

    private void look(Path file, List<Found> found) throws IOException {
        try {
            found.add(new Found(file, Files.size(file), Files.getLastModifiedTime(file), header(file)));
        } catch (DamagedEntryException e) {
            LOG.warn("A file of the prefix cache is damaged and deleted: {}: {}", file, e.toString());
            meter.damaged.incrementAndGet();
            delete(List.of(new StoredFile(file, Files.size(file), null)));
        } catch (NoSuchFileException e) {
            LOG.debug("Gone before it was read: {}", file);
        }
    }

    /** Null when it is of another format or cannot be read, which says nothing about what is in it. */
    private static @Nullable EntryHeader header(Path file) throws DamagedEntryException {
        try {
            return EntryFile.header(file);
        } catch (DamagedEntryException e) {
            throw e;
        } catch (IOException e) {
            LOG.warn("A file of the prefix cache cannot be read: {}", e.toString());
            return null;
        }
    }

    /** Removes an entry and its file; false when it is gone. */
    boolean remove(long serial) {
        StoredFile file = index.remove(serial);
        if (file != null) {
            delete(List.of(file));
        }
        return file != null;
    }

    /** Deletes files to make room; false when one is still there. */
    boolean evict(List<StoredFile> files) {
        meter.evicted.addAndGet(files.size());
        return delete(files);
    }

    /** Deletes files; one that is still there counts, and is tried again. */
    boolean delete(List<StoredFile> files) {
        boolean all = true;
        for (StoredFile file : files) {
            if (!folder.delete(file.path())) {
                index.addOther(file);
                all = false;
            }
        }
        return all;
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
