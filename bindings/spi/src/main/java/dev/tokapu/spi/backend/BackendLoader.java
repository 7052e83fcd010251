package dev.tokapu.spi.backend;

import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.Status;
import dev.tokapu.spi.library.MappedFiles;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Loads backends and, before them, the libraries that they need from elsewhere.
 *
 * <p>The linker tells which library is missing. That one is looked for, opened by its path and from then on found by its
 * SONAME, and loading is tried again, until it works or a library cannot be found.
 */
final class BackendLoader {

    /** The build of a backend writes this file beside it. */
    private static final String FACTS = "module.properties";

    private static final int MAX_DEPTH = 8;
    private static final Pattern MISSING = Pattern.compile("(?:^|\\s)([^\\s:'\"/]+): cannot open shared object file");

    /** What the linker and the shim say of a file that is no library, or not all of one. */
    private static final Pattern DAMAGED = Pattern.compile("invalid ELF header|file too short|cut short");

    private final NativeApi api;
    private final LibrarySearch search;

    BackendLoader(NativeApi api, LibrarySearch search) {
        this.api = api;
        this.search = search;
    }

    /** Loads one backend; a failure becomes part of the answer. */
    Backend load(BackendModule module) {
        return new Attempt(module).run();
    }

    /** The way of one backend. */
    private final class Attempt {

        private final BackendModule module;
        private final BackendKind kind;
        private final Map<String, Backend.Library> libraries = new LinkedHashMap<>();
        private Map<String, String> facts = Map.of();
        private @Nullable Path file;

        Attempt(BackendModule module) {
            this.module = module;
            this.kind = BackendKind.of(module.name());
        }

        Backend run() {
            try {
                requireDriver();
                Path unpacked = module.file().get();
                file = unpacked;
                facts = facts(unpacked);
                int[] devices = new int[1];
                String said = open(() -> api.backends().load(utf8(unpacked), devices), 0);
                if (said != null) {
                    throw new BackendLoadException(said, adviceFor(said));
                }
                kind.helpful().forEach(this::openHelpful);
                return result(Backend.State.LOADED, devices[0], "", "");
            } catch (BackendLoadException e) {
                return result(Backend.State.FAILED, 0, e.problem(), e.advice());
            } catch (NativeLoadException e) {
                return result(Backend.State.FAILED, 0, String.valueOf(e.getMessage()), "");
            }
        }

        private Backend result(Backend.State state, int devices, String problem, String advice) {
            return new Backend(
                    module.name(),
                    module.origin(),
                    file,
                    state,
                    devices,
                    problem,
                    advice,
                    facts,
                    List.copyOf(libraries.values()));
        }

        /** Asked first: without a driver nothing needs to be unpacked, and no other library is worth a word. */
        private void requireDriver() throws BackendLoadException {
            if (kind.driver().isEmpty() || api.backends().libraryOpen(utf8(Path.of(kind.driver()))) >= 0) {
                return;
            }
            String said = lastError();
            if (!kind.driver().equals(missingIn(said))) {
                throw new BackendLoadException(
                        "the " + kind.driverName() + " does not load: " + said, reinstallDriver());
            }
            throw new BackendLoadException(
                    "there is no " + kind.driverName() + " (the linker does not find " + kind.driver() + ")",
                    kind.driverAdvice() + ", or take " + module.origin() + " away.");
        }

        private String reinstallDriver() {
            return "Install the " + kind.driverName() + " again.";
        }

        /** Tries until no library is missing any more; answers what the linker said in the end, null when all is well. */
        private @Nullable String open(IntSupplier call, int depth) throws BackendLoadException {
            Set<String> tried = new HashSet<>();
            while (call.getAsInt() < 0) {
                String said = lastError();
                String missing = missingIn(said);
                if (missing == null || depth == MAX_DEPTH || !tried.add(missing)) {
                    return said;
                }
                provide(missing, depth + 1);
            }
            return null;
        }

        private void provide(String name, int depth) throws BackendLoadException {
            StringBuilder broken = new StringBuilder();
            for (Path candidate : search.files(kind.places(), name)) {
                String said = open(() -> api.backends().libraryOpen(utf8(candidate)), depth);
                if (said == null) {
                    libraries.put(name, new Backend.Library(name, candidate.toString(), ""));
                    return;
                }
                broken.append("; ").append(said);
            }
            libraries.put(name, new Backend.Library(name, "", ""));
            throw new BackendLoadException(
                    name + (broken.length() == 0 ? " is missing" : " cannot be loaded" + broken) + "; looked in: "
                            + search.described(kind.places()),
                    kind.places().advice());
        }

        /** The backend opens these itself by their SONAME, which finds a library that is open already. */
        private void openHelpful(BackendKind.Helpful helpful) {
            for (String version : cudaVersions()) {
                boolean all = true;
                for (String pattern : helpful.files()) {
                    String name = String.format(Locale.ROOT, pattern, version);
                    String path = openAnywhere(name);
                    libraries.put(name, new Backend.Library(name, path, helpful.without()));
                    all &= !path.isEmpty();
                }
                if (all) {
                    return;
                }
            }
        }

        private String openAnywhere(String name) {
            for (Path candidate : candidates(name)) {
                if (api.backends().libraryOpen(utf8(candidate)) >= 0) {
                    return candidate.toString();
                }
            }
            return api.backends().libraryOpen(utf8(Path.of(name))) >= 0 ? MappedFiles.pathOf(name) : "";
        }

        private List<Path> candidates(String name) {
            try {
                return search.files(kind.places(), name);
            } catch (NativeLoadException e) {
                // A damaged jar of somebody else: it would only have helped.
                return List.of();
            }
        }

        private List<String> cudaVersions() {
            String toolkit = facts.getOrDefault("toolkit", "");
            return toolkit.isEmpty() ? List.of("13", "12") : List.of(major(toolkit));
        }

        private String adviceFor(String said) {
            if (DAMAGED.matcher(said).find()) {
                return "The file is damaged: fetch it again.";
            }
            String[] driver = kind.isCuda() ? cudaDriver() : new String[0];
            String toolkit = facts.getOrDefault("toolkit", "");
            if (driver.length == 2 && !toolkit.isEmpty() && isOlder(driver[1], toolkit)) {
                return "The NVIDIA driver " + driver[0] + " is made for CUDA " + driver[1] + ", this backend for "
                        + toolkit + ": install " + CudaDrivers.needed(major(toolkit)) + '.';
            }
            return said.contains("device")
                    ? kind.deviceAdvice()
                    : "Use a backend of the same version as tokapu-native.";
        }
    }

    private static boolean isOlder(String driver, String toolkit) {
        try {
            return Integer.parseInt(major(driver)) < Integer.parseInt(major(toolkit));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String major(String version) {
        return version.split("\\.", 2)[0];
    }

    private static Map<String, String> facts(Path file) {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file.resolveSibling(FACTS))) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            // A backend that somebody built alone need not have one: it is only shown.
            return Map.of();
        }
        Map<String, String> facts = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> facts.put(key, properties.getProperty(key)));
        return facts;
    }

    /** The name of the library that the linker did not find; null when something else was wrong. */
    static @Nullable String missingIn(String said) {
        Matcher matcher = MISSING.matcher(said);
        return matcher.find() ? matcher.group(1) : null;
    }

    private String[] cudaDriver() {
        return text(api.backends()::cudaDriver).split("\t", 2);
    }

    private String lastError() {
        String said = text(api.system()::lastError).strip();
        return said.isEmpty() ? "the linker does not say why" : said;
    }

    private interface TextCall {
        int into(byte[] buf, int[] length);
    }

    private static String text(TextCall call) {
        byte[] buf = new byte[2048];
        int[] length = new int[1];
        int status = call.into(buf, length);
        if (status == Status.ERROR_BUFFER) {
            buf = new byte[length[0]];
            status = call.into(buf, length);
        }
        return status < 0 ? "" : new String(buf, 0, Math.min(length[0], buf.length), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8);
    }
}
