package dev.tokapu.cli;

import dev.tokapu.ControlVector;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about LoRA adapters and control vectors. */
final class AdapterArgs {

    private static final Pattern SCALED = Pattern.compile("(.+?)(?::(-?\\d+(?:\\.\\d+)?)(?::(\\d{1,4})-(\\d{1,4}))?)?");

    @Option(
            names = "--lora",
            paramLabel = "FILE[:SCALE]",
            description =
                    "A LoRA adapter, and how much it changes; 1 is as it was trained. May be given several times.")
    private List<String> loras = List.of();

    @Option(
            names = "--control-vector",
            paramLabel = "FILE[:SCALE[:FIRST-LAST]]",
            description =
                    "A control vector, its strength (1 unless given) and the layers that it works on (all). May be given several times.")
    private List<String> vectors = List.of();

    /**
     * What a model computes with.
     *
     * @param set the adapters
     * @param loaded those to be closed
     */
    record Adapters(LoraSet set, List<LoraAdapter> loaded) implements AutoCloseable {

        @Override
        public void close() {
            loaded.forEach(LoraAdapter::close);
        }
    }

    /** Reads the control vectors, which need no model: null for none. */
    @Nullable
    ControlVector vector() {
        ControlVector sum = null;
        for (String option : vectors) {
            Matcher parts = parts(option);
            ControlVector vector = ControlVector.load(Path.of(parts.group(1))).times(scale(parts));
            if (parts.group(3) != null) {
                vector = inLayers(option, vector, Integer.parseInt(parts.group(3)), Integer.parseInt(parts.group(4)));
            }
            sum = sum == null ? vector : sum.plus(vector);
        }
        return sum;
    }

    private static ControlVector inLayers(String option, ControlVector vector, int first, int last) {
        try {
            return vector.inLayers(first, last);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "--control-vector " + option + ": " + e.getMessage());
        }
    }

    /** Loads the LoRA adapters. */
    Adapters load(Model model, @Nullable ControlVector vector) {
        List<LoraAdapter> loaded = new ArrayList<>();
        try {
            LoraSet set = LoraSet.NONE.with(vector);
            for (String option : loras) {
                Matcher parts = parts(option);
                if (parts.group(3) != null) {
                    throw new CliException(
                            ExitCode.USAGE, "--lora " + option + ": layers are for --control-vector; give FILE:SCALE");
                }
                LoraAdapter adapter = LoraAdapter.load(model, Path.of(parts.group(1)));
                loaded.add(adapter);
                set = set.with(adapter, scale(parts));
            }
            set.requireFit(List.of(model));
            return new Adapters(set, List.copyOf(loaded));
        } catch (Throwable e) {
            loaded.forEach(LoraAdapter::close);
            throw e;
        }
    }

    private static Matcher parts(String option) {
        Matcher parts = SCALED.matcher(option);
        if (!parts.matches()) {
            throw new CliException(ExitCode.USAGE, "the name of an adapter's file is empty; give FILE or FILE:SCALE");
        }
        return parts;
    }

    private static double scale(Matcher parts) {
        return parts.group(2) == null ? 1 : Double.parseDouble(parts.group(2));
    }
}
