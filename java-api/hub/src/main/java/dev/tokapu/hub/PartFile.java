package dev.tokapu.hub;

import dev.tokapu.internal.util.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that is not there as a whole yet, and beside it what of it is. Its name is none that another tool takes for a model or for its own
 * beginning of one.
 *
 * <p>Thread safety: safe, but for {@link #close}.
 */
final class PartFile implements AutoCloseable {

    private static final String SUFFIX = ".tokapu-part";
    private static final String STATE_SUFFIX = ".tokapu-part-state";
    private static final String VERSION = "1";
    private static final String NONE = "-";

    private final Path path;
    private final Path state;
    private final FileChannel channel;
    private final long partSize;
    private final List<FileRange> ranges = new ArrayList<>();
    private long size;
    private String etag = NONE;

    private PartFile(Path target, FileChannel channel, long size, long partSize) {
        this.path = path(target);
        this.state = state(target);
        this.channel = channel;
        this.size = size;
        this.partSize = partSize;
    }

    /** Where the beginning of a file is. */
    static Path path(Path target) {
        return target.resolveSibling(target.getFileName() + SUFFIX);
    }

    private static Path state(Path target) {
        return target.resolveSibling(target.getFileName() + STATE_SUFFIX);
    }

    /**
     * Opens that of a file, as an earlier download left it where that fits.
     *
     * @param size the bytes of the whole; -1 where that is not known
     * @param checked whether a checksum tells at the end whether the parts belong together
     */
    static PartFile open(Path target, long size, boolean checked, long partSize) throws IOException {
        Files.createDirectories(target.toAbsolutePath().getParent());
        FileChannel channel = FileChannel.open(
                path(target), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        PartFile file = new PartFile(target, channel, size, partSize);
        if (!file.readState(checked)) {
            file.reset(size);
        }
        return file;
    }

    /** Removes what an earlier download left. */
    static void discard(Path target) throws IOException {
        Files.deleteIfExists(state(target));
        Files.deleteIfExists(path(target));
    }

    /** A state that cannot be read, or is of another file, is as none. */
    private boolean readState(boolean checked) throws IOException {
        if (!Files.isRegularFile(state)) {
            return false;
        }
        try {
            List<String> lines = Files.readAllLines(state, StandardCharsets.UTF_8);
            long known = Long.parseLong(lines.get(1));
            String was = lines.get(2);
            if (!lines.get(0).equals(VERSION) || (size >= 0 && known != size) || (!checked && was.equals(NONE))) {
                return false;
            }
            long before = 0;
            List<FileRange> read = new ArrayList<>();
            for (String line : lines.subList(3, lines.size())) {
                String[] numbers = line.split(" ", 3);
                FileRange range = new FileRange(
                        Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
                boolean ends = range.end() >= range.position() || range.end() == -1;
                boolean there = range.position() == range.begin() || range.position() <= channel.size();
                if (range.begin() != before || range.position() < before || !ends || !there) {
                    return false;
                }
                before = range.end();
                read.add(range);
            }
            if (read.isEmpty() || before != known) {
                return false;
            }
            size = known;
            etag = was;
            ranges.addAll(read);
            return true;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    /** Begins anew, with one range for a size that is not known, and several else. */
    synchronized void reset(long newSize) throws IOException {
        channel.truncate(0);
        ranges.clear();
        etag = NONE;
        size = newSize;
        if (newSize < 0) {
            ranges.add(new FileRange(0, -1, 0));
        } else {
            split(0);
        }
    }

    /** Begins anew with one range for the whole: there is no way to ask for parts. */
    synchronized FileRange resetWhole(long newSize) throws IOException {
        channel.truncate(0);
        ranges.clear();
        etag = NONE;
        size = newSize;
        FileRange whole = new FileRange(0, newSize, 0);
        ranges.add(whole);
        return whole;
    }

    /** The size is known now: the first range becomes as long as all are, and the others follow. */
    synchronized void sizeIs(long value) {
        if (size < 0) {
            size = value;
            FileRange first = ranges.get(0);
            first.endAt(first.position() > 0 ? value : Math.min(partSize, value));
            split(first.end());
        }
    }

    private void split(long from) {
        for (long begin = from; begin < size; begin += Math.min(partSize, size - begin)) {
            ranges.add(new FileRange(begin, begin + Math.min(partSize, size - begin), begin));
        }
        if (ranges.isEmpty()) {
            ranges.add(new FileRange(0, 0, 0));
        }
    }

    synchronized List<FileRange> ranges() {
        return List.copyOf(ranges);
    }

    FileChannel channel() {
        return channel;
    }

    Path path() {
        return path;
    }

    synchronized long size() {
        return size;
    }

    /** The bytes that a range of unknown end asks for at first. */
    long partSize() {
        return partSize;
    }

    @Nullable
    synchronized String etag() {
        return etag.equals(NONE) ? null : etag;
    }

    /** Keeps what tells versions of the file apart; weak tags do not. */
    synchronized void etagIs(@Nullable String value) {
        etag = value != null && value.startsWith("\"") && value.chars().allMatch(c -> c >= ' ' && c < 0x7f)
                ? value
                : NONE;
    }

    synchronized boolean isComplete() {
        return ranges.stream().allMatch(FileRange::isComplete);
    }

    synchronized long bytes() {
        return ranges.stream()
                .mapToLong(range -> range.position() - range.begin())
                .sum();
    }

    /** Writes down what is there: never more than is on the disk. */
    synchronized void save() throws IOException {
        StringBuilder text = new StringBuilder(VERSION + '\n' + size + '\n' + etag + '\n');
        for (FileRange range : ranges) {
            text.append(range.begin())
                    .append(' ')
                    .append(range.end())
                    .append(' ')
                    .append(range.position())
                    .append('\n');
        }
        channel.force(false);
        AtomicFile.write(state, out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
