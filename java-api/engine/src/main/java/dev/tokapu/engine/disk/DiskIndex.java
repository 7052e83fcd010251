package dev.tokapu.engine.disk;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixMatch;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.prefix.PrefixTree;
import dev.tokapu.internal.util.IntList;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is in the directory of a tier, and on its way there. It touches no file: methods that take something out return the files
 * that the caller is to delete.
 *
 * <p>Thread safety: safe; one lock, held for searches in memory alone.
 */
final class DiskIndex {

    private static final int MOST_PENDING = 16;
    private static final long MOST_PENDING_BYTES = 1L << 29;

    private record Placed(DiskEntry entry, CachedSequence sequence) {

        StoredFile stored() {
            return new StoredFile(entry.file(), entry.bytes(), entry.scope());
        }
    }

    private final long mostBytes;
    private final boolean whole;
    private final PrefixTree tree = new PrefixTree(true);
    private final Map<Long, Placed> entries = new LinkedHashMap<>(); // by serial, the least recently used first
    private final Deque<StoredFile> others = new ArrayDeque<>();
    private final List<PendingEntry> pending = new ArrayList<>();
    private long bytes;
    private boolean closed;

    /**
     * An empty index.
     *
     * @param whole whether a state is of use only to prompts that begin with all of its tokens
     */
    DiskIndex(long mostBytes, boolean whole) {
        this.mostBytes = mostBytes;
        this.whole = whole;
    }

    synchronized @Nullable DiskMatch match(PrefixScope scope, int[] prompt, int most) {
        PrefixMatch match = tree.match(scope, prompt, Math.max(0, Math.min(most, prompt.length)), whole);
        Placed placed =
                match.sequence() == null ? null : entries.get(match.sequence().serial());
        return placed == null ? null : new DiskMatch(placed.entry, match.length());
    }

    private boolean covers(PrefixScope scope, int[] tokens) {
        DiskMatch match = match(scope, tokens, tokens.length);
        return match != null && match.length() == tokens.length;
    }

    /** Notes that an entry is to be written; false when it is not. */
    synchronized boolean queue(PendingEntry entry) {
        if (closed
                || entry.bytes() > mostBytes
                || covers(entry.scope(), entry.tokens().toArray())) {
            return false;
        }
        long waiting = entry.bytes();
        for (PendingEntry other : pending) {
            if (!other.isCancelled() && isReplacedBy(entry.scope(), entry.tokens(), other)) {
                return false;
            }
            waiting += other.bytes();
        }
        if (pending.size() >= MOST_PENDING || (!pending.isEmpty() && waiting > MOST_PENDING_BYTES)) {
            return false;
        }
        for (PendingEntry other : pending) {
            if (!other.started && isReplacedBy(other.scope(), other.tokens(), entry)) {
                other.cancel();
            }
        }
        pending.add(entry);
        return true;
    }

    /** Whether an entry is of no use beside a new one. */
    private boolean isReplacedBy(PrefixScope scope, IntList tokens, PendingEntry by) {
        return (!whole || tokens.size() == by.length()) && by.beginsWith(scope, tokens);
    }

    /** Whether nothing more can be queued. */
    synchronized boolean isFull() {
        long waiting = 0;
        for (PendingEntry entry : pending) {
            waiting += entry.bytes();
        }
        return pending.size() >= MOST_PENDING || waiting > MOST_PENDING_BYTES;
    }

    /** An entry is about to be written: what must make room for it, null when it is not wanted any more. */
    synchronized @Nullable List<StoredFile> start(PendingEntry entry) {
        if (entry.isCancelled() || covers(entry.scope(), entry.tokens().toArray())) {
            return null;
        }
        entry.started = true;
        return evict(mostBytes - entry.bytes());
    }

    /** An entry was written: takes it in, unless nobody wants it any more, and takes out what it replaces. */
    synchronized List<StoredFile> written(PendingEntry entry, Path file, long size) {
        List<StoredFile> out = new ArrayList<>();
        if (entry.isCancelled()) {
            out.add(new StoredFile(file, size, entry.scope()));
            return out;
        }
        for (Placed old : List.copyOf(entries.values())) {
            if (isReplacedBy(old.entry.scope(), old.entry.tokens(), entry)) {
                out.add(remove(old));
            }
        }
        add(entry.scope(), entry.tokens(), file, size);
        return out;
    }

    /** An entry waits no longer. */
    synchronized void finish(PendingEntry entry) {
        pending.remove(entry);
    }

    /** Takes in an entry as the most recently used one. */
    synchronized void add(PrefixScope scope, IntList tokens, Path file, long size) {
        CachedSequence sequence = tree.add(scope, tokens, tokens.size());
        entries.put(
                sequence.serial(), new Placed(new DiskEntry(sequence.serial(), scope, tokens, size, file), sequence));
        bytes += size;
    }

    /** Takes in a file that is no entry; such files go first. */
    synchronized void addOther(StoredFile file) {
        others.add(file);
        bytes += file.bytes();
    }

    /** Takes out what is more than the budget. */
    synchronized List<StoredFile> evictExcess() {
        return evict(mostBytes);
    }

    private List<StoredFile> evict(long most) {
        List<StoredFile> out = new ArrayList<>();
        while (bytes > most && !others.isEmpty()) {
            out.add(removeOther());
        }
        while (bytes > most && !entries.isEmpty()) {
            out.add(remove(entries.values().iterator().next()));
        }
        return out;
    }

    private StoredFile removeOther() {
        StoredFile file = others.remove();
        bytes -= file.bytes();
        return file;
    }

    private StoredFile remove(Placed placed) {
        entries.remove(placed.entry.serial());
        tree.remove(placed.sequence);
        bytes -= placed.entry.bytes();
        return placed.stored();
    }

    /** Whether an entry is still there. */
    synchronized boolean has(DiskEntry entry) {
        return entries.containsKey(entry.serial());
    }

    /** An entry was used; false when it is gone. */
    synchronized boolean used(DiskEntry entry) {
        Placed placed = entries.remove(entry.serial());
        if (placed != null) {
            entries.put(entry.serial(), placed);
        }
        return placed != null;
    }

    /** Takes an entry out; null when it is gone. */
    synchronized @Nullable StoredFile remove(long serial) {
        Placed placed = entries.get(serial);
        return placed == null ? null : remove(placed);
    }

    /** Takes out what is of some scopes, and does without what is to be written of them. Nobody knows whose other formats are: they go. */
    synchronized List<StoredFile> removeIf(Predicate<PrefixScope> scopes) {
        for (PendingEntry entry : pending) {
            if (scopes.test(entry.scope())) {
                entry.cancel();
            }
        }
        List<StoredFile> out = new ArrayList<>();
        for (Placed placed : List.copyOf(entries.values())) {
            if (scopes.test(placed.entry.scope())) {
                out.add(remove(placed));
            }
        }
        for (Iterator<StoredFile> files = others.iterator(); files.hasNext(); ) {
            StoredFile file = files.next();
            if (file.scope() == null || scopes.test(file.scope())) {
                files.remove();
                bytes -= file.bytes();
                out.add(file);
            }
        }
        return out;
    }

    synchronized List<DiskEntry> entries() {
        return entries.values().stream().map(Placed::entry).toList();
    }

    synchronized long bytes() {
        return bytes;
    }

    /** From now on nothing is queued. */
    synchronized void close() {
        closed = true;
    }

    /** Does without all that is to be written. */
    synchronized void cancelAll() {
        pending.forEach(PendingEntry::cancel);
    }
}
