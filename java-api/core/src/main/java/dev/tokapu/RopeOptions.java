package dev.tokapu;

import dev.tokapu.internal.util.Checks;
import dev.tokapu.internal.util.NamedValues;
import dev.tokapu.spi.ContextOptionF;
import dev.tokapu.spi.ContextOptionI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Context} encodes positions, for contexts larger than what the model was trained for. By default all of it is
 * as the model says.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class RopeOptions {

    private static final RopeOptions DEFAULTS = builder().build();

    private final RopeScaling scaling;
    private final float freqBase;
    private final float freqScale;
    private final float yarnExtFactor;
    private final float yarnAttnFactor;
    private final float yarnBetaFast;
    private final float yarnBetaSlow;
    private final int yarnOriginalContext;

    private RopeOptions(Builder builder) {
        scaling = builder.scaling;
        freqBase = builder.freqBase;
        freqScale = builder.freqScale;
        yarnExtFactor = builder.yarnExtFactor;
        yarnAttnFactor = builder.yarnAttnFactor;
        yarnBetaFast = builder.yarnBetaFast;
        yarnBetaSlow = builder.yarnBetaSlow;
        yarnOriginalContext = builder.yarnOriginalContext;
        Objects.requireNonNull(scaling, "scaling");
        finite("freqBase", freqBase, 0);
        finite("freqScale", freqScale, 0);
        finite("yarnExtFactor", yarnExtFactor, -Float.MAX_VALUE);
        finite("yarnAttnFactor", yarnAttnFactor, -Float.MAX_VALUE);
        finite("yarnBetaFast", yarnBetaFast, -Float.MAX_VALUE);
        finite("yarnBetaSlow", yarnBetaSlow, -Float.MAX_VALUE);
        Checks.atLeast("yarnOriginalContext", yarnOriginalContext, 0);
    }

    /** {@return the defaults: all as the model says} */
    public static RopeOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these options} */
    public Builder toBuilder() {
        return new Builder()
                .scaling(scaling)
                .freqBase(freqBase)
                .freqScale(freqScale)
                .yarnExtFactor(yarnExtFactor)
                .yarnAttnFactor(yarnAttnFactor)
                .yarnBetaFast(yarnBetaFast)
                .yarnBetaSlow(yarnBetaSlow)
                .yarnOriginalContext(yarnOriginalContext);
    }

    /** {@return how positions beyond the trained context are scaled} */
    public RopeScaling scaling() {
        return scaling;
    }

    /** {@return the RoPE base frequency; 0 for that of the model} */
    public float freqBase() {
        return freqBase;
    }

    /** {@return the RoPE frequency scale; 0 for that of the model} */
    public float freqScale() {
        return freqScale;
    }

    /** {@return the YaRN extrapolation mix; negative for that of the model} */
    public float yarnExtFactor() {
        return yarnExtFactor;
    }

    /** {@return the YaRN magnitude scale; negative for that of the model} */
    public float yarnAttnFactor() {
        return yarnAttnFactor;
    }

    /** {@return the YaRN low correction dimension; negative for that of the model} */
    public float yarnBetaFast() {
        return yarnBetaFast;
    }

    /** {@return the YaRN high correction dimension; negative for that of the model} */
    public float yarnBetaSlow() {
        return yarnBetaSlow;
    }

    /** {@return the context size that YaRN scales from, in tokens; 0 for the trained one} */
    public int yarnOriginalContext() {
        return yarnOriginalContext;
    }

    private static void finite(String what, float value, float least) {
        if (!Float.isFinite(value) || value < least) {
            throw new IllegalArgumentException(
                    what + " is " + value + "; it must be a finite number" + (least == 0 ? ", 0 or more" : ""));
        }
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

    private NamedValues values() {
        return new NamedValues("RopeOptions")
                .with("scaling", scaling)
                .with("freqBase", freqBase)
                .with("freqScale", freqScale)
                .with("yarnExtFactor", yarnExtFactor)
                .with("yarnAttnFactor", yarnAttnFactor)
                .with("yarnBetaFast", yarnBetaFast)
                .with("yarnBetaSlow", yarnBetaSlow)
                .with("yarnOriginalContext", yarnOriginalContext);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RopeOptions that && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    @Override
    public String toString() {
        return values().toString();
    }

    /**
     * Builds {@link RopeOptions}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private RopeScaling scaling = RopeScaling.UNSPECIFIED;
        private float freqBase = 0;
        private float freqScale = 0;
        private float yarnExtFactor = -1;
        private float yarnAttnFactor = -1;
        private float yarnBetaFast = -1;
        private float yarnBetaSlow = -1;
        private int yarnOriginalContext = 0;

        private Builder() {}

        /** How positions beyond the trained context are scaled. */
        public Builder scaling(RopeScaling value) {
            scaling = value;
            return this;
        }

        /** RoPE base frequency, 0 or more; 0 for that of the model. */
        public Builder freqBase(double value) {
            freqBase = (float) value;
            return this;
        }

        /** RoPE frequency scale, 0 or more; 0 for that of the model. */
        public Builder freqScale(double value) {
            freqScale = (float) value;
            return this;
        }

        /** YaRN extrapolation mix; negative for that of the model. */
        public Builder yarnExtFactor(double value) {
            yarnExtFactor = (float) value;
            return this;
        }

        /** YaRN magnitude scale; negative for that of the model. */
        public Builder yarnAttnFactor(double value) {
            yarnAttnFactor = (float) value;
            return this;
        }

        /** YaRN low correction dimension; negative for that of the model. */
        public Builder yarnBetaFast(double value) {
            yarnBetaFast = (float) value;
            return this;
        }

        /** YaRN high correction dimension; negative for that of the model. */
        public Builder yarnBetaSlow(double value) {
            yarnBetaSlow = (float) value;
            return this;
        }

        /** Context size that YaRN scales from, in tokens; 0 for the trained one. */
        public Builder yarnOriginalContext(int value) {
            yarnOriginalContext = value;
            return this;
        }

        /** {@return the options; an {@link IllegalArgumentException} tells which value is out of range} */
        public RopeOptions build() {
            return new RopeOptions(this);
        }
    }
}
