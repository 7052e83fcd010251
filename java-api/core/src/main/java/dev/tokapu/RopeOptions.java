package dev.tokapu;

import dev.tokapu.spi.ContextOptionF;
import dev.tokapu.spi.ContextOptionI;
import java.util.Objects;

/**
 * How a {@link Context} encodes positions, for contexts larger than what the model was trained for. By default all of it is
 * as the model says.
 *
 * <p>Thread safety: immutable.
 *
 * @param scaling how positions beyond the trained context are scaled
 * @param freqBase RoPE base frequency; 0 for that of the model
 * @param freqScale RoPE frequency scale; 0 for that of the model
 * @param yarnExtFactor YaRN extrapolation mix; negative for that of the model
 * @param yarnAttnFactor YaRN magnitude scale; negative for that of the model
 * @param yarnBetaFast YaRN low correction dimension; negative for that of the model
 * @param yarnBetaSlow YaRN high correction dimension; negative for that of the model
 * @param yarnOriginalContext context size that YaRN scales from, in tokens; 0 for the trained one
 * @since 0.1
 */
public record RopeOptions(
        RopeScaling scaling,
        float freqBase,
        float freqScale,
        float yarnExtFactor,
        float yarnAttnFactor,
        float yarnBetaFast,
        float yarnBetaSlow,
        int yarnOriginalContext) {

    private static final RopeOptions DEFAULTS = new RopeOptions(RopeScaling.UNSPECIFIED, 0, 0, -1, -1, -1, -1, 0);

    /** Validates. */
    public RopeOptions {
        Objects.requireNonNull(scaling, "scaling");
        finite("freqBase", freqBase, 0);
        finite("freqScale", freqScale, 0);
        finite("yarnExtFactor", yarnExtFactor, -Float.MAX_VALUE);
        finite("yarnAttnFactor", yarnAttnFactor, -Float.MAX_VALUE);
        finite("yarnBetaFast", yarnBetaFast, -Float.MAX_VALUE);
        finite("yarnBetaSlow", yarnBetaSlow, -Float.MAX_VALUE);
        if (yarnOriginalContext < 0) {
            throw new IllegalArgumentException(
                    "yarnOriginalContext is " + yarnOriginalContext + "; it must be 0 or more");
        }
    }

    private static void finite(String what, float value, float least) {
        if (!Float.isFinite(value) || value < least) {
            throw new IllegalArgumentException(
                    what + " is " + value + "; it must be a finite number" + (least == 0 ? ", 0 or more" : ""));
        }
    }

    /**
     * The defaults: all as the model says.
     *
     * @return the options
     */
    public static RopeOptions defaults() {
        return DEFAULTS;
    }

    /**
     * A builder that starts from the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder(DEFAULTS);
    }

    /**
     * A builder that starts from these options.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Writes the integer options where the header wants them. */
    void intsToNative(long[] ints) {
        ints[ContextOptionI.ROPE_SCALING_TYPE] = scaling.code();
        ints[ContextOptionI.YARN_ORIG_CTX] = yarnOriginalContext;
    }

    /** The floating-point options as the header wants them. */
    double[] floatsToNative() {
        double[] floats = new double[ContextOptionF.COUNT];
        floats[ContextOptionF.ROPE_FREQ_BASE] = freqBase;
        floats[ContextOptionF.ROPE_FREQ_SCALE] = freqScale;
        floats[ContextOptionF.YARN_EXT_FACTOR] = yarnExtFactor;
        floats[ContextOptionF.YARN_ATTN_FACTOR] = yarnAttnFactor;
        floats[ContextOptionF.YARN_BETA_FAST] = yarnBetaFast;
        floats[ContextOptionF.YARN_BETA_SLOW] = yarnBetaSlow;
        return floats;
    }

    /**
     * Builds {@link RopeOptions}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private RopeScaling scaling;
        private float freqBase;
        private float freqScale;
        private float yarnExtFactor;
        private float yarnAttnFactor;
        private float yarnBetaFast;
        private float yarnBetaSlow;
        private int yarnOriginalContext;

        private Builder(RopeOptions from) {
            scaling = from.scaling;
            freqBase = from.freqBase;
            freqScale = from.freqScale;
            yarnExtFactor = from.yarnExtFactor;
            yarnAttnFactor = from.yarnAttnFactor;
            yarnBetaFast = from.yarnBetaFast;
            yarnBetaSlow = from.yarnBetaSlow;
            yarnOriginalContext = from.yarnOriginalContext;
        }

        /**
         * How positions beyond the trained context are scaled.
         *
         * @param value the value
         * @return this
         */
        public Builder scaling(RopeScaling value) {
            scaling = value;
            return this;
        }

        /**
         * RoPE base frequency; 0 for that of the model.
         *
         * @param value the value
         * @return this
         */
        public Builder freqBase(float value) {
            freqBase = value;
            return this;
        }

        /**
         * RoPE frequency scale; 0 for that of the model.
         *
         * @param value the value
         * @return this
         */
        public Builder freqScale(float value) {
            freqScale = value;
            return this;
        }

        /**
         * YaRN extrapolation mix; negative for that of the model.
         *
         * @param value the value
         * @return this
         */
        public Builder yarnExtFactor(float value) {
            yarnExtFactor = value;
            return this;
        }

        /**
         * YaRN magnitude scale; negative for that of the model.
         *
         * @param value the value
         * @return this
         */
        public Builder yarnAttnFactor(float value) {
            yarnAttnFactor = value;
            return this;
        }

        /**
         * YaRN low correction dimension; negative for that of the model.
         *
         * @param value the value
         * @return this
         */
        public Builder yarnBetaFast(float value) {
            yarnBetaFast = value;
            return this;
        }

        /**
         * YaRN high correction dimension; negative for that of the model.
         *
         * @param value the value
         * @return this
         */
        public Builder yarnBetaSlow(float value) {
            yarnBetaSlow = value;
            return this;
        }

        /**
         * Context size that YaRN scales from, in tokens; 0 for the trained one.
         *
         * @param value the value
         * @return this
         */
        public Builder yarnOriginalContext(int value) {
            yarnOriginalContext = value;
            return this;
        }

        /**
         * The options.
         *
         * @return the options
         * @throws IllegalArgumentException when a value is out of range
         */
        public RopeOptions build() {
            return new RopeOptions(
                    scaling,
                    freqBase,
                    freqScale,
                    yarnExtFactor,
                    yarnAttnFactor,
                    yarnBetaFast,
                    yarnBetaSlow,
                    yarnOriginalContext);
        }
    }
}
