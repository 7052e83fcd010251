package dev.tokapu.benchmarks;

import dev.tokapu.gguf.GgufBuilder;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.MetadataType;
import dev.tokapu.gguf.MetadataValue;
import dev.tokapu.gguf.TensorInfo;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a copy of a model without the layers in its middle: a draft model for it, though one that nobody has trained.
 *
 * <p>Arguments: the model's file, how many of its first layers are kept, how many of its last ones, the file to write.
 */
public final class PrunedModel {

    private static final Pattern LAYER = Pattern.compile("blk\\.(\\d+)\\.(.*)");

    private PrunedModel() {}

    /** Writes it. */
    public static void main(String[] args) {
        write(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]), Path.of(args[3]));
    }

    static void write(Path source, int first, int last, Path target) {
        GgufFile file = GgufFile.open(source);
        String count = file.architecture().orElseThrow() + ".block_count";
        int layers = Integer.parseInt(String.valueOf(file.metadata().get(count)));
        if (first < 0 || last < 0 || first + last < 1 || first + last > layers) {
            throw new IllegalArgumentException(
                    first + " and " + last + " layers are to be kept; " + source + " has " + layers);
        }
        GgufBuilder pruned =
                new GgufBuilder().putAll(file).put(count, MetadataValue.of(MetadataType.UINT32, first + last));
        for (TensorInfo tensor : file.tensors()) {
            Matcher layer = LAYER.matcher(tensor.name());
            if (!layer.matches()) {
                pruned.tensor(source, tensor);
                continue;
            }
            int number = Integer.parseInt(layer.group(1));
            if (number < first || number >= layers - last) {
                int place = number < first ? number : number - (layers - last) + first;
                pruned.tensor(
                        source,
                        new TensorInfo(
                                "blk." + place + "." + layer.group(2),
                                tensor.type(),
                                tensor.shape(),
                                tensor.offset(),
                                tensor.bytes()));
            }
        }
        pruned.write(target);
    }
}
