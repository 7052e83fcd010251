package dev.tokapu.spi.library;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a shared library says about itself, for messages: null for whatever cannot be read. */
final class ElfFile {

    private static final int MAGIC = 0x464c457f;
    private static final int CLASS_64_LITTLE_ENDIAN = 0x0102;
    private static final int HEAD = 64;
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int DT_NULL = 0;
    private static final int DT_STRTAB = 5;
    private static final int DT_SONAME = 14;

    private final ByteBuffer bytes;

    private ElfFile(ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ElfFile map(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            return new ElfFile(in.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, in.length()));
        }
    }

    private boolean isLibrary() {
        return bytes.getInt(0) == MAGIC && bytes.getShort(4) == CLASS_64_LITTLE_ENDIAN;
    }

    /** Where the program headers of a type are. */
    private IntStream headers(int type) {
        int first = (int) bytes.getLong(32);
        int size = bytes.getShort(54);
        return IntStream.range(0, bytes.getShort(56))
                .map(i -> first + i * size)
                .filter(header -> bytes.getInt(header) == type);
    }

    /**
     * The SONAME, under which the linker finds the library when it is loaded.
     *
     * @param file the library
     * @return the name
     */
    static @Nullable String soname(Path file) {
        try {
            return map(file).soname();
        } catch (IOException | RuntimeException e) {
            // No library, or a damaged one: an index is out of bounds, or no segment has the address.
            return null;
        }
    }

    private @Nullable String soname() {
        if (!isLibrary()) {
            return null;
        }
        OptionalInt dynamic = headers(PT_DYNAMIC).findFirst();
        return dynamic.isEmpty() ? null : soname((int) bytes.getLong(dynamic.getAsInt() + 8));
    }

    private @Nullable String soname(int dynamic) {
        long name = -1;
        long strings = -1;
        for (int entry = dynamic; bytes.getLong(entry) != DT_NULL; entry += 16) {
            long tag = bytes.getLong(entry);
            if (tag == DT_SONAME) {
                name = bytes.getLong(entry + 8);
            } else if (tag == DT_STRTAB) {
                strings = bytes.getLong(entry + 8);
            }
        }
        return name < 0 || strings < 0 ? null : text((int) (offset(strings) + name));
    }

    /** Where the file holds what is loaded at an address. */
    private long offset(long address) {
        int segment = headers(PT_LOAD)
                .filter(header -> address >= bytes.getLong(header + 16)
                        && address < bytes.getLong(header + 16) + bytes.getLong(header + 32))
                .findFirst()
                .orElseThrow();
        return address - bytes.getLong(segment + 16) + bytes.getLong(segment + 8);
    }

    private String text(int start) {
        int end = start;
        while (bytes.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - start];
        for (int i = 0; i < text.length; i++) {
            text[i] = bytes.get(start + i);
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    /**
     * Whether the file ends before the parts that its headers promise. The linker maps such a file and the process dies where
     * it reads there.
     *
     * @param file the library
     * @return false for what is no library: of that the linker says what is wrong
     */
    static boolean isCutShort(Path file) {
        try {
            return map(file).isCutShort();
        } catch (IOException e) {
            return false;
        } catch (RuntimeException e) {
            // Shorter than its own headers.
            return true;
        }
    }

    private boolean isCutShort() {
        return bytes.capacity() >= HEAD
                && isLibrary()
                && headers(PT_LOAD)
                        .anyMatch(header -> bytes.getLong(header + 8) + bytes.getLong(header + 32) > bytes.capacity());
    }

    /**
     * The highest version of a kind that is named in the library, which has it or needs it.
     *
     * @param file the library
     * @param kind for example {@code GLIBCXX}
     * @return for example {@code 3.4.30}
     */
    static @Nullable String highestVersion(Path file, String kind) {
        String text;
        try {
            text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return null;
        }
        Matcher matcher =
                Pattern.compile("\0" + kind + "_([0-9]+(\\.[0-9]+)+)(?=\0)").matcher(text);
        String highest = null;
        while (matcher.find()) {
            String version = matcher.group(1);
            if (highest == null || compare(version, highest) > 0) {
                highest = version;
            }
        }
        return highest;
    }

    /** Compares versions number by number. */
    static int compare(String left, String right) {
        String[] a = left.split("\\.", -1);
        String[] b = right.split("\\.", -1);
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            int order = Integer.compare(Integer.parseInt(a[i]), Integer.parseInt(b[i]));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.length, b.length);
    }
}
