package dev.tokapu.testsupport;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The vocabulary of {@link TinyGguf}: SentencePiece style, some 350 tokens. */
final class TinyVocab {

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;

    /** Merges, so that common English text becomes pieces longer than a letter; each is built from earlier ones. */
    private static final String MERGES =
            "\u2581t he \u2581the in er an on re \u2581a \u2581s ou at en \u2581w \u2581o ing"
                    + " or es is \u2581b \u2581c nd \u2581f \u2581p \u2581h it al \u2581m ar \u2581to \u2581and \u2581of";

    final List<byte[]> texts = new ArrayList<>();
    final List<Float> scores = new ArrayList<>();
    final List<Integer> types = new ArrayList<>();

    TinyVocab(String further) {
        add("<unk>", 0, UNKNOWN);
        add("<s>", 0, CONTROL);
        add("</s>", 0, CONTROL);
        for (int b = 0; b < 256; b++) {
            add(String.format(Locale.ROOT, "<0x%02X>", b), 0, BYTE);
        }
        add("<|im_start|>", 0, CONTROL);
        add("<|im_end|>", 0, CONTROL);
        float score = -1;
        for (String merge : MERGES.split(" ", -1)) {
            add(merge, score--, NORMAL);
        }
        add("\u2581", score--, NORMAL);
        for (char c = 'a'; c <= 'z'; c++) {
            add(String.valueOf(c), score--, NORMAL);
        }
        for (char c : ".,!?'-:;0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ\u00e9\u00fc\u4e2d\u6587".toCharArray()) {
            add(String.valueOf(c), score--, NORMAL);
        }
        add("\ud83d\ude00", score--, NORMAL);
        if (!further.isEmpty()) {
            add(further, score, NORMAL);
        }
    }

    void writeTo(GgufWriter writer) {
        float[] tokenScores = new float[size()];
        int[] tokenTypes = new int[size()];
        for (int i = 0; i < size(); i++) {
            tokenScores[i] = scores.get(i);
            tokenTypes[i] = types.get(i);
        }
        writer.text("tokenizer.ggml.model", "llama")
                .texts("tokenizer.ggml.tokens", texts)
                .float32s("tokenizer.ggml.scores", tokenScores)
                .int32s("tokenizer.ggml.token_type", tokenTypes)
                .uint32("tokenizer.ggml.bos_token_id", 1)
                .uint32("tokenizer.ggml.eos_token_id", 2)
                .uint32("tokenizer.ggml.unknown_token_id", 0);
    }

    int size() {
        return texts.size();
    }

    boolean isNormal(int token) {
        return types.get(token) == NORMAL;
    }

    boolean isByte(int token) {
        return types.get(token) == BYTE;
    }

    private void add(String text, float score, int type) {
        texts.add(text.getBytes(StandardCharsets.UTF_8));
        scores.add(score);
        types.add(type);
    }
}
