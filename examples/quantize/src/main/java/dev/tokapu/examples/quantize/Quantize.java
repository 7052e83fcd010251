package dev.tokapu.examples.quantize;

import dev.tokapu.Model;
import dev.tokapu.completion.Perplexity;
import dev.tokapu.gguf.TensorType;
import dev.tokapu.quantize.FileType;
import dev.tokapu.quantize.Quantization;
import dev.tokapu.quantize.QuantizeOptions;
import dev.tokapu.quantize.Quantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Quantizes a model and compares both on a text. */
public final class Quantize {

    private static final int CHUNK = 128;

    private Quantize() {}

    /** Arguments: the model, the file to be written, its type, and a text file to compare on. */
    public static void main(String[] args) throws IOException {
        if (args.length != 4) {
            System.err.println("usage: Quantize MODEL FILE TYPE TEXT");
            System.exit(2);
        }
        Path model = Path.of(args[0]);
        Path output = Path.of(args[1]);
        quantize(model, output, FileType.of(args[2]));
        String text = Files.readString(Path.of(args[3]));
        for (Path file : new Path[] {model, output}) {
            try (Model loaded = Model.load(file)) {
                Perplexity perplexity = Perplexity.of(loaded, text, CHUNK);
                System.out.printf(Locale.ROOT, "%s: perplexity %.4f%n", file.getFileName(), perplexity.value());
            }
        }
    }

    private static void quantize(Path model, Path output, FileType type) {
        // @start region="quantize"
        QuantizeOptions options = QuantizeOptions.builder(type)
                .rule("attn_v", TensorType.Q8_0) // these tensors get more bits
                .progress(fraction -> true) // false would cancel
                .build();
        Quantization estimate = Quantizer.estimate(model, options);
        System.out.printf(Locale.ROOT, "It will be %,d bytes.%n", estimate.bytesAfter());
        Quantization result = Quantizer.quantize(model, output, options);
        System.out.printf(Locale.ROOT, "%.2f bits a weight%n", result.bitsPerWeight());
        // @end
    }
}
