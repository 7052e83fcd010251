package dev.tokapu;

import dev.tokapu.exception.LoraAdapterException;
import dev.tokapu.gguf.GgufBuilder;
import dev.tokapu.gguf.GgufException;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.MetadataType;
import dev.tokapu.gguf.MetadataValue;
import dev.tokapu.gguf.TensorData;
import dev.tokapu.gguf.TensorInfo;
import dev.tokapu.gguf.TensorType;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A control vector: a direction for each layer, which is added to the layer's output and so moves everything that a model says towards a manner,
 * more polite or shorter for example. It reads the files of llama.cpp's {@code cvector-generator}; {@link
 * dev.tokapu.steering.ControlVectorGenerator} makes one of pairs of prompts. It is a value; the first layer has no direction. A {@link LoraSet} gives
 * it to contexts and requests.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ControlVector {

    private static final Pattern NAME = Pattern.compile("direction\\.(\\d{1,4})");
    private static final int MOST_NUMBERS = 1 << 28;

    private final int width;

    /** Layer 1 first. */
    private final float[] numbers;

    private final long checksum;

    private ControlVector(int width, float[] numbers) {
        this.width = width;
        this.numbers = numbers;
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, numbers.length));
        for (int i = 0; i < numbers.length; i++) {
            if (!Float.isFinite(numbers[i])) {
                throw new IllegalArgumentException("a number of the direction of layer " + (i / width + 1) + " is "
                        + numbers[i] + "; all must be finite");
            }
            bytes.putFloat(numbers[i]);
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.flip());
        checksum = crc.getValue();
    }

    /**
     * A vector of directions.
     *
     * @param directions the directions of layer 1 and the layers after it, each as long as the model's embedding
     * @return the vector
     */
    public static ControlVector of(List<float[]> directions) {
        if (directions.isEmpty() || directions.get(0).length == 0) {
            throw new IllegalArgumentException("a control vector has no directions; give one for layer 1 at least");
        }
        int width = directions.get(0).length;
        float[] numbers = new float[Math.multiplyExact(width, directions.size())];
        for (int i = 0; i < directions.size(); i++) {
            if (directions.get(i).length != width) {
                throw new IllegalArgumentException("the direction of layer " + (i + 1) + " has "
                        + directions.get(i).length + " numbers; that of layer 1 has " + width);
            }
            System.arraycopy(directions.get(i), 0, numbers, i * width, width);
        }
        return new ControlVector(width, numbers);
    }

    /**
     * Reads a file.
     *
     * @param file the GGUF file
     * @return the vector
     * @throws LoraAdapterException when the file is missing, damaged or no control vector
     */
    public static ControlVector load(Path file) {
        try {
            GgufFile gguf = GgufFile.open(file);
            int width = 0;
            float[] numbers = {};
            for (TensorInfo tensor : gguf.tensors()) {
                Matcher name = NAME.matcher(tensor.name());
                int layer = name.matches() ? Integer.parseInt(name.group(1)) : 0;
                long size = tensor.elements();
                boolean fits = layer > 0 && tensor.type() == TensorType.F32 && (width == 0 || width == size);
                if (!fits || size < 1 || size * layer > MOST_NUMBERS) {
                    throw new GgufException("tensor '" + tensor.name() + "' of type "
                            + tensor.type().text() + " and shape " + tensor.shape()
                            + " is no direction of a layer from 1 on");
                }
                width = (int) size;
                numbers = Arrays.copyOf(numbers, Math.max(numbers.length, width * layer));
                floats(file, tensor, numbers, width * (layer - 1));
            }
            if (width == 0) {
                throw new GgufException("it has no tensors");
            }
            return new ControlVector(width, numbers);
        } catch (GgufException | IOException | IllegalArgumentException e) {
            throw new LoraAdapterException(file + " is no control vector: " + e.getMessage());
        }
    }

    private static void floats(Path file, TensorInfo tensor, float[] to, int at) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) tensor.bytes());
        TensorData.of(file, tensor.offset(), tensor.bytes()).writeTo(bytes);
        ByteBuffer.wrap(bytes.toByteArray())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(to, at, (int) tensor.elements());
    }

    /**
     * Writes a file that {@link #load} and llama.cpp read.
     *
     * @param file the file, replaced if it exists
     * @param architecture the architecture of the model that it is for, {@code llama} for example
     * @throws GgufException when it cannot be written
     */
    public void write(Path file, String architecture) {
        GgufBuilder builder = new GgufBuilder()
                .put("general.architecture", MetadataValue.text("controlvector"))
                .put("controlvector.model_hint", MetadataValue.text(architecture))
                .put("controlvector.layer_count", MetadataValue.of(MetadataType.INT32, layers()));
        for (int layer = 1; layer <= layers(); layer++) {
            builder.tensor(
                    "direction." + layer, TensorType.F32, List.of((long) width), TensorData.of(direction(layer)));
        }
        builder.write(file);
    }

    /**
     * The same in another strength.
     *
     * @param scale what all directions are multiplied with; negative for the opposite
     * @return the vector
     */
    public ControlVector times(double scale) {
        float factor = (float) scale;
        float[] scaled = numbers.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return new ControlVector(width, scaled);
    }

    /**
     * Both directions together.
     *
     * @param other one for the same model
     * @return the sum
     */
    public ControlVector plus(ControlVector other) {
        if (other.width != width) {
            throw new IllegalArgumentException(
                    "directions of " + width + " and " + other.width + " numbers are for different models");
        }
        float[] sum = Arrays.copyOf(numbers, Math.max(numbers.length, other.numbers.length));
        for (int i = 0; i < other.numbers.length; i++) {
            sum[i] += other.numbers[i];
        }
        return new ControlVector(width, sum);
    }

    /** {@return the last layer that has a direction} */
    public int layers() {
        return numbers.length / width;
    }

    /**
     * The direction of a layer.
     *
     * @param layer 1 to {@link #layers()}
     * @return a copy of its numbers
     */
    public float[] direction(int layer) {
        if (layer < 1 || layer > layers()) {
            throw new IndexOutOfBoundsException("layer is " + layer + "; it must be from 1 to " + layers());
        }
        return Arrays.copyOfRange(numbers, width * (layer - 1), width * layer);
    }

    /**
     * The same for some layers alone.
     *
     * @param firstLayer the first of them, 1 or more
     * @param lastLayer the last of them, at most {@link #layers()}
     * @return the vector, which does nothing to the layers before and after
     */
    public ControlVector inLayers(int firstLayer, int lastLayer) {
        if (firstLayer < 1 || lastLayer < firstLayer || lastLayer > layers()) {
            throw new IllegalArgumentException("layers " + firstLayer + " to " + lastLayer
                    + " of a control vector that has directions for layers 1 to " + layers());
        }
        float[] some = Arrays.copyOf(numbers, width * lastLayer);
        Arrays.fill(some, 0, width * (firstLayer - 1), 0);
        return new ControlVector(width, some);
    }

    void requireFit(Model model) {
        ModelInfo info = model.info();
        if (info.embeddingSize() != width || layers() > info.layerCount() - 1) {
            throw new IllegalArgumentException("a control vector with directions of " + width + " numbers for "
                    + layers()
                    + " layers does not fit " + model + ", whose embeddings have " + info.embeddingSize()
                    + " numbers and which has " + info.layerCount() + " layers");
        }
    }

    /** Has a context compute with a vector that fits its model, or without one. */
    static void set(Context context, @Nullable ControlVector vector) {
        NativeHandle target = NativeHandles.of(context);
        int last = context.model().info().layerCount() - 1;
        float[] data = vector == null ? new float[0] : Arrays.copyOf(vector.numbers, vector.width * last);
        target.call(
                "setting a control vector",
                id -> target.api().adapters().contextSetControlVector(id, data, data.length, 1, last));
    }

    /** For the states of sequences: the same in each process. */
    String description() {
        return Long.toHexString(checksum);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ControlVector that
                && width == that.width
                && checksum == that.checksum
                && Arrays.equals(numbers, that.numbers);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(checksum);
    }

    @Override
    public String toString() {
        return "ControlVector[" + layers() + " layers of " + width + " numbers]";
    }
}
