package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Why the linker has refused a library, and what to do: made of its words and of what the process has loaded. */
final class LoadFailure {

    private static final Pattern OLD =
            Pattern.compile("(\\S+): version [`'](GLIBC|GLIBCXX|CXXABI|GCC)_([0-9.]+)' not found");
    private static final Pattern SYMBOL = Pattern.compile("undefined symbol: (\\S+?)(?:, version (\\S+))?$");
    private static final Pattern MISSING = Pattern.compile(
            "(?:^|: )([^:/\\s]+\\.so[^:\\s]*): cannot open shared object file: No such file|Error loading shared library ([^:\\s]+): No such");
    private static final Pattern DAMAGED = Pattern.compile(
            "invalid ELF header|file too short|ELF load command|cannot read file data|wrong ELF class|section header");
    /** The JVM's guess: glibc says that there is no such file. */
    private static final Pattern FOREIGN = Pattern.compile("[Cc]an't load .* on an? .* platform");

    /** The JVM's words on Windows: this DLL or one that it needs was not found, nobody says which. */
    private static final String DEPENDENT = "Can't find dependent libraries";

    /** The words of Windows, and of Wine: "The filename or extension is too long". Others do without "is". */
    private static final String TOO_LONG = " is too long";

    /** Characters in a path that Windows looks for. */
    private static final int LONGEST_ON_WINDOWS = 259;

    private static final Pattern NO_EXECUTION =
            Pattern.compile("failed to map segment|[Pp]ermission denied|not permitted");

    /** The first GCC whose libstdc++ has a version. */
    private static final Map<String, Integer> GCC = Map.of(
            "3.4.26", 9, "3.4.27", 9, "3.4.28", 9, "3.4.29", 11, "3.4.30", 12, "3.4.31", 13, "3.4.32", 13, "3.4.33", 14,
            "3.4.34", 15);

    private final Path library;
    private final Path folder;
    private final String said;
    private final List<Path> mapped;
    private final Path mounts;
    private final @Nullable String searchPath;

    LoadFailure(Path library, String said, List<Path> mapped, Path mounts, @Nullable String searchPath) {
        this.library = library;
        this.folder = library.resolveSibling("").toAbsolutePath().normalize();
        this.said = said;
        this.mapped = mapped;
        this.mounts = mounts;
        this.searchPath = searchPath;
    }

    /** The exception for what the JVM said. */
    static NativeLoadException of(Path library, Throwable cause) {
        String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        Path mounts = Path.of("/proc/self/mounts");
        String advice =
                new LoadFailure(library, said, MappedFiles.all(), mounts, System.getenv("LD_LIBRARY_PATH")).advice();
        return new NativeLoadException("Cannot load " + library + ": " + said, advice, cause);
    }

    String advice() {
        if (!FilePaths.isLoadable(library)) {
            return "The path has letters that Java cannot hand to the system: " + elsewhere("without them") + ' '
                    + FilePaths.advice() + '.';
        }
        if (said.contains(TOO_LONG)) {
            return tooLong();
        }
        if (said.contains(DEPENDENT)) {
            return length() <= LONGEST_ON_WINDOWS ? incomplete() : tooLong();
        }
        Matcher old = OLD.matcher(said);
        if (old.find()) {
            return tooOld(old.group(1), old.group(2));
        }
        Matcher symbol = SYMBOL.matcher(said);
        if (symbol.find()) {
            return unbound(symbol.group(1), symbol.group(2));
        }
        if (FOREIGN.matcher(said).find()) {
            return "The libraries in " + folder + " are for another processor: take those of "
                    + Platform.current().classifier() + '.';
        }
        Matcher missing = MISSING.matcher(said);
        if (missing.find()) {
            return missing(missing.group(1) == null ? missing.group(2) : missing.group(1));
        }
        if (DAMAGED.matcher(said).find()) {
            return "The file is damaged or of another platform: delete the folder " + folder
                    + ", so that it is extracted again, or fetch the libraries again.";
        }
        if (NO_EXECUTION.matcher(said).find()) {
            return noExecution();
        }
        return "Set -D" + NativeLibraries.DIRECTORY_PROPERTY
                + " to a folder with the libraries of this version, or leave it out to use those of a tokapu-native jar.";
    }

    private String tooOld(String found, String kind) {
        if (kind.equals("GLIBC")) {
            return "The libraries need glibc " + needed("GLIBC") + " or newer; this machine's is "
                    + highest(Path.of(found), "GLIBC") + ". Use a newer system, or build the libraries on this one.";
        }
        String version = needed("GLIBCXX");
        return "The libraries need the libstdc++ of GCC " + GCC.getOrDefault(version, 15) + " (GLIBCXX_" + version
                + ") or newer; " + found + " has GLIBCXX_" + highest(Path.of(found), "GLIBCXX")
                + ". Install a newer one, take it out of LD_LIBRARY_PATH or LD_PRELOAD where it is not the system's, or"
                + " build the libraries on this machine.";
    }

    private String unbound(String symbol, @Nullable String version) {
        Path other = inTheWay();
        if (other != null) {
            return other
                    + " is in the way: it has the name of one of our libraries and was loaded before. Take it out of"
                    + " the process, or load Tokapu first; of Tokapu, use one version in a process.";
        }
        if (version != null && version.matches("(GLIBCXX|CXXABI|GLIBC|GCC)_.*")) {
            String name = version.startsWith("GLIBC_")
                    ? "libc.so.6"
                    : version.startsWith("GCC_") ? "libgcc_s.so.1" : "libstdc++.so.6";
            return "The " + name + " that the linker has found" + found(name)
                    + " does not have it. Install that of the system,"
                    + " and look into LD_LIBRARY_PATH and LD_PRELOAD for another one.";
        }
        return "The libraries in " + folder
                + " are not all of one version, or another library has functions of the same"
                + " names (" + symbol + "): delete the folder, so that it is extracted again, or set -D"
                + NativeLibraries.DIRECTORY_PROPERTY + " to a folder of one version.";
    }

    /** Where a library lies that is loaded, or that LD_LIBRARY_PATH puts before the system's. */
    private String found(String name) {
        String searched = searchPath == null ? "" : searchPath;
        return Stream.concat(
                        mapped.stream().filter(file -> file.endsWith(name)),
                        Stream.of(searched.split(":", -1))
                                .filter(part -> !part.isBlank())
                                .map(part -> Path.of(part).resolve(name))
                                .filter(Files::exists))
                .findFirst()
                .map(file -> " (" + file + ')')
                .orElse("");
    }

    private String missing(String name) {
        if (name.contains("tokapu") || name.startsWith("libggml") || name.startsWith("libllama")) {
            return incomplete();
        }
        if (name.startsWith("ld-linux") || name.contains("musl")) {
            return "The libraries need glibc, and this system has another C library (musl, as Alpine Linux): use an image"
                    + " with glibc.";
        }
        String what = name.startsWith("libstdc++") ? " (package libstdc++6 or libstdc++)" : "";
        return "This system has no " + name + what + ": install it.";
    }

    private int length() {
        return library.toAbsolutePath().toString().length();
    }

    private String tooLong() {
        return "The path has " + length() + " characters, and Windows looks for libraries at paths of at most "
                + LONGEST_ON_WINDOWS + ": " + elsewhere("with a shorter path");
    }

    private static String elsewhere(String kind) {
        return "set -D" + NativeLibraries.CACHE_PROPERTY + ", or -D" + NativeLibraries.DIRECTORY_PROPERTY
                + " where that names the folder, to a directory " + kind + '.';
    }

    private String incomplete() {
        return "The folder " + folder
                + " is not complete, or holds files of several versions: delete it, so that it is"
                + " extracted again, or fetch the libraries again.";
    }

    private String noExecution() {
        String[] mount = mount();
        String elsewhere = "set -D" + NativeLibraries.CACHE_PROPERTY + " to a directory that does, or -D"
                + NativeLibraries.DIRECTORY_PROPERTY + " to a folder with the libraries.";
        if (mount != null && List.of(mount[3].split(",", -1)).contains("noexec")) {
            return "The file system " + mount[1] + " does not allow execution (noexec): " + elsewhere;
        }
        if (said.contains("cannot open shared object file")) {
            return "This user may not read the file: correct its permissions, or "
                    + elsewhere.replace("that does", "of its own");
        }
        return "The system does not let the file be used as code (a file system without execution, SELinux, or a limit of"
                + " memory): " + elsewhere;
    }

    /** A loaded library from elsewhere that has the SONAME of one of ours. */
    private @Nullable Path inTheWay() {
        List<String> own =
                own().stream().map(file -> String.valueOf(file.getFileName())).toList();
        return mapped.stream()
                .filter(file -> !folder.equals(file.resolveSibling(""))
                        && file.toString().contains(".so"))
                .filter(file -> own.contains(String.valueOf(ElfFile.soname(file))))
                .findFirst()
                .orElse(null);
    }

    private List<Path> own() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("libtokapu"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The highest version that one of our libraries needs. */
    private String needed(String kind) {
        return Stream.concat(own().stream(), Stream.of(library))
                .map(file -> highest(file, kind))
                .filter(version -> !version.isEmpty())
                .max(ElfFile::compare)
                .orElse("");
    }

    private static String highest(Path file, String kind) {
        String version = ElfFile.highestVersion(file, kind);
        return version == null ? "" : version;
    }

    /** Device, mount point, type and options of the file system that the folder is on. */
    private String @Nullable [] mount() {
        try {
            String[] found = null;
            for (String line : Files.readAllLines(mounts)) {
                String[] mount = line.split(" ", -1);
                // The last of several on one point is the one that is seen.
                if (mount.length > 3
                        && folder.startsWith(mount[1].replace("\\040", " "))
                        && (found == null || mount[1].length() >= found[1].length())) {
                    found = mount;
                }
            }
            return found;
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }
}
