package dev.tokapu;

import dev.tokapu.internal.Native;
import dev.tokapu.spi.NativeConstants;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a model is loaded. The defaults are llama.cpp's.
 *
 * <p>Thread safety: immutable.
 *
 * @param loadMode how its bytes get into memory
 * @param lazyMode whether rows of large tensors are read on demand
 * @param vocabOnly whether only the vocabulary and metadata are loaded; such a model tokenizes but makes no contexts
 * @param checkTensors whether the tensor data is validated, which reads all of it
 * @param repack whether weights may be rearranged for this processor (llama.cpp: {@code use_extra_bufts}); faster, needs
 *     memory of its own
 * @param metadataOverrides replacements for entries of the GGUF metadata: integers, floating-point numbers, booleans or
 *     strings of less than 128 bytes
 * @param progress hears how far the load is and may cancel it; null for none
 * @since 0.1
 */
public record ModelOptions(
        LoadMode loadMode,
        LazyMode lazyMode,
        boolean vocabOnly,
        boolean checkTensors,
        boolean repack,
        Map<String, Object> metadataOverrides,
        @Nullable LoadProgress progress) {

    /** Keys and texts of overrides are arrays of this many bytes in llama.cpp, with a NUL at the end. */
    private static final int OVERRIDE_BYTES = 128;

    private static final ModelOptions DEFAULTS =
            new ModelOptions(LoadMode.AUTO, LazyMode.AUTO, false, false, true, Map.of(), null);

    /** Validates. */
    public ModelOptions {
        Objects.requireNonNull(loadMode, "loadMode");
        Objects.requireNonNull(lazyMode, "lazyMode");
        metadataOverrides = Collections.unmodifiableMap(new LinkedHashMap<>(metadataOverrides));
        metadataOverrides.forEach(ModelOptions::checkOverride);
    }

    /**
     * The defaults.
     *
     * @return options as llama.cpp's own
     */
    public static ModelOptions defaults() {
        return DEFAULTS;
    }

    /**
     * A builder that starts from the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return DEFAULTS.toBuilder();
    }

    /**
     * A builder that starts from these options.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    private static void checkOverride(String key, Object value) {
        checkText("key", key);
        if (value instanceof String text) {
            checkText("value of " + key, text);
        } else if (!(value instanceof Boolean) && !isInteger(value) && !isFloat(value)) {
            throw new IllegalArgumentException("metadata override " + key + " has a value of " + value.getClass()
                    + "; use an integer, a floating-point number, a boolean or a string");
        }
    }

    private static void checkText(String what, String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes >= OVERRIDE_BYTES || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("metadata override: the " + what + " has " + bytes
                    + " bytes; it must have less than " + OVERRIDE_BYTES + " and no NUL character");
        }
    }

    private static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }

    private static boolean isFloat(Object value) {
        return value instanceof Double || value instanceof Float;
    }

    /** The options as the header wants them. */
    long[] toNative() {
        long[] options = new long[NativeConstants.MODEL_I_COUNT];
        options[NativeConstants.MODEL_I_LOAD_MODE] = loadMode.code();
        options[NativeConstants.MODEL_I_LAZY_MODE] = lazyMode.code();
        options[NativeConstants.MODEL_I_VOCAB_ONLY] = vocabOnly ? 1 : 0;
        options[NativeConstants.MODEL_I_CHECK_TENSORS] = checkTensors ? 1 : 0;
        options[NativeConstants.MODEL_I_USE_EXTRA_BUFTS] = repack ? 1 : 0;
        options[NativeConstants.MODEL_I_N_GPU_LAYERS] = -1;
        options[NativeConstants.MODEL_I_SPLIT_MODE] = 1;
        return options;
    }

    /** The overrides as the header wants them: key, type and value of each. */
    byte[] overridesToNative() {
        List<String> texts = new ArrayList<>();
        metadataOverrides.forEach((key, value) -> {
            texts.add(key);
            texts.add(Integer.toString(overrideType(value)));
            texts.add(value.toString());
        });
        return Native.utf8List(texts);
    }

    private static int overrideType(Object value) {
        if (value instanceof Boolean) {
            return NativeConstants.OVERRIDE_BOOL;
        }
        if (isInteger(value)) {
            return NativeConstants.OVERRIDE_INT;
        }
        return isFloat(value) ? NativeConstants.OVERRIDE_FLOAT : NativeConstants.OVERRIDE_TEXT;
    }

    /**
     * Builds {@link ModelOptions}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private LoadMode loadMode;
        private LazyMode lazyMode;
        private boolean vocabOnly;
        private boolean checkTensors;
        private boolean repack;
        private Map<String, Object> metadataOverrides;
        private @Nullable LoadProgress progress;

        private Builder(ModelOptions from) {
            loadMode = from.loadMode;
            lazyMode = from.lazyMode;
            vocabOnly = from.vocabOnly;
            checkTensors = from.checkTensors;
            repack = from.repack;
            metadataOverrides = from.metadataOverrides;
            progress = from.progress;
        }

        /**
         * How the bytes of the model get into memory; default {@link LoadMode#AUTO}.
         *
         * @param value the mode
         * @return this
         */
        public Builder loadMode(LoadMode value) {
            loadMode = value;
            return this;
        }

        /**
         * Whether rows of large tensors are read on demand; default {@link LazyMode#AUTO}.
         *
         * @param value the mode
         * @return this
         */
        public Builder lazyMode(LazyMode value) {
            lazyMode = value;
            return this;
        }

        /**
         * Whether only the vocabulary and metadata are loaded; default false.
         *
         * @param value true for no weights
         * @return this
         */
        public Builder vocabOnly(boolean value) {
            vocabOnly = value;
            return this;
        }

        /**
         * Whether the tensor data is validated; default false.
         *
         * @param value true to validate
         * @return this
         */
        public Builder checkTensors(boolean value) {
            checkTensors = value;
            return this;
        }

        /**
         * Whether weights may be rearranged for this processor; default true.
         *
         * @param value false to use them as they are in the file
         * @return this
         */
        public Builder repack(boolean value) {
            repack = value;
            return this;
        }

        /**
         * Replacements for entries of the GGUF metadata; default none.
         *
         * @param value keys and integers, floating-point numbers, booleans or strings
         * @return this
         */
        public Builder metadataOverrides(Map<String, Object> value) {
            metadataOverrides = value;
            return this;
        }

        /**
         * Hears how far the load is and may cancel it; default none.
         *
         * @param value the listener
         * @return this
         */
        public Builder progress(@Nullable LoadProgress value) {
            progress = value;
            return this;
        }

        /**
         * The options.
         *
         * @return the options
         * @throws IllegalArgumentException when a value makes no sense
         */
        public ModelOptions build() {
            return new ModelOptions(loadMode, lazyMode, vocabOnly, checkTensors, repack, metadataOverrides, progress);
        }
    }
}
