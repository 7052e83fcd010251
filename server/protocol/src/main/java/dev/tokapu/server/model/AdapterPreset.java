package dev.tokapu.server.model;

import dev.tokapu.ControlVector;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.gguf.GgufFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A LoRA adapter or a control vector under a name of its own: {@code base:name}. Its requests share the engine, and so the weights, with those of the
 * base.
 *
 * <p>Thread safety: immutable.
 *
 * @param name what follows the colon
 * @param aliases names that stand for both
 * @param path the GGUF file
 * @param scale how much it changes; 1 as it was trained
 * @param layers the layers of a control vector
 * @since 0.1
 */
public record AdapterPreset(String name, List<String> aliases, Path path, double scale, Layers layers) {

    /** All of them, as a LoRA adapter has it. */
    public static final Layers ALL_LAYERS = new Layers(1, Integer.MAX_VALUE);

    /**
     * Some layers of a model.
     *
     * <p>Thread safety: immutable.
     *
     * @param first the first of them, from 1
     * @param last the last of them
     * @since 0.1
     */
    public record Layers(int first, int last) {

        /** Checks the values. */
        public Layers {
            if (first < 1 || last < first) {
                throw new IllegalArgumentException("layers are " + first + " to " + last
                        + "; they must be two numbers from 1 on, the smaller one first");
            }
        }
    }

    /** Checks the values. */
    public AdapterPreset {
        aliases = List.copyOf(aliases);
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(layers, "layers");
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of an adapter is empty; it follows the name of its model");
        }
    }

    /**
     * One that works on all layers.
     *
     * @param name what follows the colon
     * @param aliases names that stand for both
     * @param path the GGUF file
     * @param scale how much it changes; 1 as it was trained
     */
    public AdapterPreset(String name, List<String> aliases, Path path, double scale) {
        this(name, aliases, path, scale, ALL_LAYERS);
    }

    /** Whether its file is a control vector. */
    boolean isVector() {
        return GgufFile.open(path).architecture().orElse("").equals("controlvector");
    }

    ControlVector vector() {
        ControlVector vector = ControlVector.load(path).times(scale);
        return layers.equals(ALL_LAYERS) ? vector : vector.inLayers(layers.first(), layers.last());
    }

    void requireAllLayers() {
        if (!layers.equals(ALL_LAYERS)) {
            throw new IllegalArgumentException("layers " + layers.first() + " to " + layers.last() + " are given for "
                    + path + ", which is a LoRA adapter; only control vectors take them");
        }
    }

    /** Loads it for a model; {@code loaded} gets what is to be closed. */
    LoraSet load(Model model, List<LoraAdapter> loaded) {
        if (isVector()) {
            LoraSet set = LoraSet.of(vector());
            set.requireFit(List.of(model));
            return set;
        }
        requireAllLayers();
        LoraAdapter adapter = LoraAdapter.load(model, path);
        loaded.add(adapter);
        return LoraSet.of(adapter, scale);
    }
}
