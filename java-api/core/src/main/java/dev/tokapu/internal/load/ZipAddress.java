package dev.tokapu.internal.load;

import dev.tokapu.internal.util.Uninterrupted;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file and the entries to follow from there: none for a plain file, several for a jar within a jar.
 *
 * <p>Thread safety: immutable.
 */
record ZipAddress(Path file, List<String> entries) {

    private static final String NESTED = "!/";

    /** Knows {@code file:}, {@code jar:file:} and Spring Boot's {@code jar:nested:}; empty for others. */
    static Optional<ZipAddress> of(URL url) {
        String text = url.toString();
        if (text.startsWith("jar:nested:")) {
            text = "jar:file:" + text.substring("jar:nested:".length()).replaceFirst("/!", NESTED); // classes/!/x stays
        }
        if (text.startsWith("jar:")) {
            text = text.substring("jar:".length());
        }
        if (!text.startsWith("file:")) {
            return Optional.empty();
        }
        String[] steps = text.split(NESTED, -1);
        List<String> entries = new ArrayList<>();
        for (int i = 1; i < steps.length; i++) {
            entries.add(decoded(steps[i]));
        }
        return Optional.of(new ZipAddress(file(steps[0]), List.copyOf(entries)));
    }

    /** A loader that was given an address with blanks returns one that is not a URI. */
    private static Path file(String address) {
        try {
            return Path.of(URI.create(address));
        } catch (IllegalArgumentException e) {
            return Path.of(address.substring("file:".length()));
        }
    }

    private static String decoded(String entry) {
        try {
            String path = URI.create("file:/" + entry).getPath();
            return path == null ? entry : path.replaceFirst("^/+", "");
        } catch (IllegalArgumentException e) {
            return entry; // Spring Boot writes the names of nested jars as they are
        }
    }

    /**
     * Follows the entries, as long as all but the last are zip files that are stored without compression, or folders: Spring Boot's
     * {@code BOOT-INF/classes/} counts as a jar in addresses, and is an empty entry of its zip.
     */
    Optional<ZipEntryLocator.Entry> find() throws IOException {
        return Uninterrupted.read(file, this::find);
    }

    private Optional<ZipEntryLocator.Entry> find(FileChannel channel) throws IOException {
        ZipEntryLocator.Entry found = new ZipEntryLocator.Entry(0, channel.size(), 0, true);
        String folder = "";
        for (String name : entries) {
            ZipEntryLocator zip = new ZipEntryLocator(channel, found.offset(), found.size());
            boolean isFolder = name.endsWith("/");
            Optional<ZipEntryLocator.Entry> next =
                    found.stored() && !isFolder ? zip.find(folder + name) : Optional.empty();
            if (next.isEmpty()) {
                folder = folder + name + (isFolder ? "" : "/");
            } else {
                folder = "";
                found = next.get();
            }
        }
        return folder.isEmpty() ? Optional.of(found) : Optional.empty();
    }
}
