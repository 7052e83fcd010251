package dev.tokapu;

import org.jspecify.annotations.Nullable;

/**
 * What a context was given to compute with besides its model: LoRA adapters and a control vector.
 *
 * <p>Thread safety: safe.
 */
final class ContextAdapters {

    /**
     * A control vector in a range of layers.
     *
     * @param name the same in each process
     */
    record Steering(ControlVector vector, int firstLayer, int lastLayer, String name) {}

    private volatile LoraSet loras = LoraSet.NONE;
    private volatile @Nullable Steering steering;

    LoraSet loras() {
        return loras;
    }

    void loras(LoraSet set) {
        loras = set;
    }

    @Nullable
    Steering steering() {
        return steering;
    }

    void steering(@Nullable Steering value) {
        steering = value;
    }

    /** Empty without a control vector. */
    String steeringName() {
        Steering present = steering;
        return present == null ? "" : present.name();
    }
}
