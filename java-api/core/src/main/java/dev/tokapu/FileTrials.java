package dev.tokapu;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.gguf.GgufException;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.GgufProblem;
import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.internal.load.TriedFiles;
import dev.tokapu.internal.natives.MetadataOverrides;
import dev.tokapu.internal.util.Uninterrupted;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.Probe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How one load tries its file.
 *
 * <p>Thread safety: immutable.
 *
 * @param code the constant of the header, {@code PROBE_}
 * @param key what the verdict is noted under, empty for none
 */
record FileTrials(int code, String key) {

    /** Replaces {@link FileTrial#AUTO}. */
    static final String PROPERTY = "tokapu.file.trial";

    private static final long SMALL = 64L << 20;

    static FileTrials of(ModelOptions options, ModelLocation location) {
        FileTrial wanted = options.trial() == FileTrial.AUTO ? byProperty() : options.trial();
        if (wanted == FileTrial.NONE || options.vocabOnly()) {
            return new FileTrials(Probe.CHECK, "");
        }
        if (wanted != FileTrial.AUTO) {
            return new FileTrials(wanted == FileTrial.PLAN ? Probe.PLAN : Probe.COMPUTE, "");
        }
        int code = location.bytes() <= SMALL ? Probe.COMPUTE : Probe.PLAN;
        String changes = code + " " + (options.mtpHeads() ? "mtp " : "")
                + new String(MetadataOverrides.toNative(options.metadataOverrides()), StandardCharsets.UTF_8);
        String key = TriedFiles.key(location, changes.getBytes(StandardCharsets.UTF_8));
        return TriedFiles.contains(key) ? new FileTrials(Probe.NONE, "") : new FileTrials(code, key);
    }

    private static FileTrial byProperty() {
        String value = System.getProperty(PROPERTY, "").trim();
        try {
            return value.isEmpty() ? FileTrial.AUTO : FileTrial.valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "-D" + PROPERTY + " is '" + value + "'; it can be none, auto, plan or compute", e);
        }
    }

    /** Refuses a file that shows what is wrong with it; what only llama.cpp can tell is for the trial. */
    void check(ModelSource source, ModelLocation location, ModelOptions options) {
        boolean wanted = code == Probe.PLAN || code == Probe.COMPUTE;
        if (!wanted || !options.metadataOverrides().isEmpty()) {
            return;
        }
        String severe;
        try {
            Optional<GgufFile> file = read(location);
            severe = file.isPresent() ? severe(file.get()) : "";
        } catch (GgufException e) {
            severe = String.valueOf(e.getMessage());
        }
        if (!severe.isEmpty()) {
            throw new ModelLoadException(source.toString(), severe);
        }
    }

    private static String severe(GgufFile file) {
        List<String> messages = new ArrayList<>();
        for (GgufProblem problem : file.problems()) {
            if (problem.severe()) {
                messages.add(problem.message());
            }
        }
        return String.join("; ", messages);
    }

    private static Optional<GgufFile> read(ModelLocation location) {
        if (location instanceof ModelLocation.Files files
                && Files.isRegularFile(files.paths().get(0))) {
            return Optional.of(GgufFile.open(files.paths().get(0)));
        }
        if (location instanceof ModelLocation.Range range) {
            try {
                return Optional.of(Uninterrupted.read(
                        range.path(), channel -> GgufFile.read(channel, range.offset(), range.size())));
            } catch (IOException e) {
                throw new GgufException(range.path() + " cannot be read: " + e.getMessage(), e);
            }
        }
        return Optional.empty();
    }

    /** The file was loaded. */
    void passed() {
        TriedFiles.add(key);
    }
}
