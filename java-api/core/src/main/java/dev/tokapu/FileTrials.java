package dev.tokapu;

import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.internal.load.TriedFiles;
import dev.tokapu.spi.Probe;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

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
        String changes = code + " "
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

    /** The file was loaded. */
    void passed() {
        TriedFiles.add(key);
    }
}
