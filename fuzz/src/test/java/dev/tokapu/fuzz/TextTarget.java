package dev.tokapu.fuzz;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.testsupport.PreTokenizers;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Texts with long runs through every pre-tokenizer, to tokens and back; some of them drop characters. */
final class TextTarget implements Target {

    private static final String[] UNITS = {
        "a",
        "Z",
        "7",
        " ",
        "\n",
        "\r\n",
        "\t",
        "-",
        "!",
        ".",
        "'s",
        "_",
        "\u00e9",
        "e\u0301",
        "\u6f22",
        "\uac00",
        "\u0e01",
        "\u0431",
        "\ud83d\ude00",
        "\u200d",
        "\u0000",
        "ab ",
        " 12",
        "<|",
        "|>",
        "\u00a0",
        "\u3000",
        "A1",
        "http://"
    };

    /** So many cases have the same pre-tokenizer, since it takes longer to load than a text takes. */
    private static final int IN_A_ROW = 16;

    private String loaded = "";
    private @Nullable Model model;

    @Override
    public String run(long number, Random random) {
        String text = text(random);
        Model model = model(PreTokenizers.NAMES.get((int) (number / IN_A_ROW % PreTokenizers.NAMES.size())));
        try {
            int[] tokens = model.vocab().tokenize(text);
            return model.vocab().detokenize(tokens).equals(text) ? "same text" : "other text";
        } catch (RuntimeException | Error e) {
            return Target.word(e);
        }
    }

    private Model model(String pre) {
        if (model == null || !loaded.equals(pre)) {
            close();
            model = load(pre);
            loaded = pre;
        }
        return model;
    }

    private static Model load(String pre) {
        ModelOptions options = ModelOptions.builder()
                .vocabOnly(true)
                .metadataOverrides(Map.of("tokenizer.ggml.pre", pre))
                .build();
        return Model.load(DefaultModel.source(), options);
    }

    /** Some runs, mostly short, now and then very long. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int runs = random.nextInt(6); runs >= 0; runs--) {
            String unit = random.nextInt(4) == 0 ? random(random) : UNITS[random.nextInt(UNITS.length)];
            int length = random.nextInt(20) == 0 ? random.nextInt(30_000) : random.nextInt(40);
            text.append(unit.repeat(length));
        }
        return text.toString();
    }

    private static String random(Random random) {
        int[] points = random.ints(1 + random.nextInt(4), 1, 0x2FFFF)
                .map(c -> c >= 0xD800 && c < 0xE000 ? '?' : c)
                .toArray();
        return new String(points, 0, points.length);
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
    }
}
