package dev.tokapu.server.files;

import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.disk.DiskProblems;
import dev.tokapu.server.disk.TimedIds;
import dev.tokapu.server.http.Upload;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of all tenants, in a folder.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class FileStore {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");

    private final DataFolder disk;
    private final FileFolder folder;
    private final Path incoming;
    private final FileLimits limits;
    private final FileUsage usage;
    private final Clock clock;
    private final Executor executor;
    private final TimedIds ids;
    private final Arrivals arrivals = new Arrivals();
    private final TreeMap<String, StoredFile> files =
            new TreeMap<>(); // by age; with the lock of this, as the following
    private final Map<String, Integer> held = new HashMap<>(); // how often, by id

    /**
     * Opens the files of a folder.
     *
     * @param disk the folder
     * @param limits how much is kept
     * @param clock tells the time
     * @param executor what removes files that did not arrive whole
     * @throws IOException when the folder cannot be read
     */
    public FileStore(DataFolder disk, FileLimits limits, Clock clock, Executor executor) throws IOException {
        this.disk = disk;
        this.incoming = disk.folder("incoming");
        this.limits = limits;
        this.usage = new FileUsage(limits);
        this.clock = clock;
        this.executor = executor;
        this.ids = new TimedIds("file-", clock);
        this.folder = new FileFolder(disk, ids);
        for (Path unfinished : disk.list(incoming, ids::isId)) {
            disk.delete(unfinished);
        }
        for (StoredFile file : folder.read()) {
            register(file);
            usage.add(file.tenant(), 1, file.bytes());
        }
    }

    private synchronized void register(StoredFile file) {
        ids.startAfter(file.id());
        files.put(file.id(), file);
    }

    /**
     * Prepares for a file that arrives.
     *
     * @param tenant whose it will be
     * @return where it goes
     * @throws ProblemException when there is no room
     */
    public Upload begin(String tenant) {
        arrivals.begin(tenant);
        try {
            usage.take(tenant, 1, 0);
        } catch (ProblemException e) {
            arrivals.end(tenant);
            throw e;
        }
        return new IncomingFile(tenant, incoming.resolve(ids.next()), limits.fileBytes(), usage, this::abandon);
    }

    private void abandon(IncomingFile file) {
        arrivals.end(file.tenant());
        try {
            executor.execute(() -> {
                try {
                    disk.delete(file.file());
                } catch (IOException e) {
                    LOG.warn("A file that did not arrive whole stays until the next start: {}", e.toString());
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("The server is closed; the next start removes {}", file.file());
        }
    }

    /**
     * Keeps a file that has arrived.
     *
     * @param upload what {@link #begin} gave
     * @param name the name that its sender gives it
     * @param purpose what it is for
     * @param seconds how long it is kept; null for ever
     * @return the file
     * @throws ProblemException when it cannot be written
     */
    public StoredFile keep(Upload upload, String name, String purpose, @Nullable Long seconds) {
        if (!(upload instanceof IncomingFile arrived)) {
            throw new IllegalArgumentException("the upload " + upload + " is none of this store");
        }
        long now = clock.instant().getEpochSecond();
        Long expires = seconds == null ? null : (Long) (now + seconds);
        StoredFile file = new StoredFile(ids.next(), arrived.tenant(), name, purpose, arrived.bytes(), now, expires);
        try {
            folder.add(arrived.file(), file);
        } catch (IOException e) {
            folder.delete(file.id());
            throw DiskProblems.notWritten(e);
        }
        if (!arrived.keep()) { // the client has gone, and knows no id
            folder.delete(file.id());
            throw new ProblemException(Problem.of(Kind.INVALID, "the client has gone"));
        }
        arrivals.end(file.tenant());
        register(file);
        return file;
    }

    /** {@return the id of a file that {@link #adopt} will make} */
    public String newId() {
        return ids.next();
    }

    /**
     * Makes a file of one that was written elsewhere in the folder, whether or not there is room. Does nothing when that was done before.
     *
     * @param from where it is; its length is what {@link #grown} counted
     * @param id its id, of {@link #newId}
     * @param tenant whose it will be
     * @param name its name
     * @param seconds how long it is kept
     */
    public void adopt(Path from, String id, String tenant, String name, long seconds) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        long now = clock.instant().getEpochSecond();
        StoredFile file =
                new StoredFile(id, tenant, name, StoredFile.BATCH_OUTPUT, Files.size(from), now, now + seconds);
        folder.adopt(from, file);
        usage.add(tenant, 1, 0);
        register(file);
    }

    /** Counts bytes of what grows in the folder, to be adopted later; negative when they are gone. */
    public void grown(String tenant, long bytes) {
        usage.add(tenant, 0, bytes);
    }

    /** {@return whether nothing more should grow} */
    public boolean isFull(String tenant) {
        return usage.isFull(tenant);
    }

    /** {@return the files of a tenant, the oldest first} */
    public synchronized List<StoredFile> of(String tenant) {
        return files.values().stream()
                .filter(file -> file.tenant().equals(tenant) && !isExpired(file))
                .toList();
    }

    private boolean isExpired(StoredFile file) {
        return file.expires() != null
                && file.expires() <= clock.instant().getEpochSecond()
                && !held.containsKey(file.id());
    }

    /** {@return a file of a tenant; null when it has no such file} */
    public synchronized @Nullable StoredFile find(String id, String tenant) {
        StoredFile file = files.get(id);
        return file == null || !file.tenant().equals(tenant) || isExpired(file) ? null : file;
    }

    /** {@return the bytes of a file} */
    public InputStream open(StoredFile file) throws IOException {
        return folder.open(file.id());
    }

    /** Keeps a file from being deleted and from expiring, until {@link #release}; whether it is there. */
    public synchronized boolean hold(String id) {
        if (!files.containsKey(id)) {
            return false;
        }
        held.merge(id, 1, Integer::sum);
        return true;
    }

    /** Lets a file go that was held once. */
    public synchronized void release(String id) {
        held.computeIfPresent(id, (same, times) -> times == 1 ? null : times - 1);
    }

    /** Deletes a file that is not held; whether it did. */
    boolean remove(StoredFile file) throws IOException {
        synchronized (this) {
            if (held.containsKey(file.id())) {
                return false;
            }
            folder.forget(file.id());
            if (files.remove(file.id()) != null) {
                usage.add(file.tenant(), -1, -file.bytes());
            }
        }
        folder.delete(file.id());
        return true;
    }

    /** Deletes what has expired. */
    public void sweep() {
        List<StoredFile> expired;
        synchronized (this) {
            expired = files.values().stream().filter(this::isExpired).toList();
        }
        for (StoredFile file : expired) {
            try {
                remove(file);
            } catch (IOException e) {
                LOG.warn("The file {} has expired and cannot be deleted: {}", file.id(), e.toString());
            }
        }
    }
}
