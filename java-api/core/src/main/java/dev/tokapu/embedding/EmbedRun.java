package dev.tokapu.embedding;

import dev.tokapu.Pooling;
import dev.tokapu.internal.util.VectorMath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Texts on their way to their vectors, each of one part or several.
 *
 * <p>Thread safety: confined.
 */
final class EmbedRun implements VectorReceiver {

    private static final float[][] NOTHING = {};

    private final EmbedderOptions options;
    private final boolean each;
    private final EmbedProgress progress;
    private final List<int[]> parts = new ArrayList<>();
    private final int[] textOfPart;
    private final int[] firstPart;
    private final int[] missing;
    private final float[][][] received;
    private final List<List<float[]>> vectors;
    private int done;

    /** For the parts of each text. */
    EmbedRun(EmbedderOptions options, Pooling pooling, List<List<int[]>> texts, EmbedProgress progress) {
        this.options = options;
        this.each = pooling == Pooling.NONE;
        this.progress = progress;
        this.firstPart = new int[texts.size()];
        this.missing = new int[texts.size()];
        this.textOfPart = new int[texts.stream().mapToInt(List::size).sum()];
        for (int text = 0; text < texts.size(); text++) {
            firstPart[text] = parts.size();
            missing[text] = texts.get(text).size();
            Arrays.fill(textOfPart, parts.size(), parts.size() + missing[text], text);
            parts.addAll(texts.get(text));
        }
        this.received = new float[parts.size()][0][];
        this.vectors = new ArrayList<>(Collections.nCopies(texts.size(), List.of()));
    }

    /** Has them computed: for each text one vector, or one for each token. */
    List<List<float[]>> vectors(TextEncoder encoder) {
        encoder.encode(parts, this);
        return vectors;
    }

    @Override
    public boolean receive(int part, float[][] values) {
        received[part] = values;
        int text = textOfPart[part];
        if (--missing[text] > 0) {
            return true;
        }
        int end = text + 1 < firstPart.length ? firstPart[text + 1] : parts.size();
        vectors.set(text, each ? joined(firstPart[text], end) : List.of(mean(firstPart[text], end)));
        Arrays.fill(received, firstPart[text], end, NOTHING);
        return progress.onProgress(++done, firstPart.length);
    }

    private List<float[]> joined(int from, int to) {
        return Arrays.stream(received, from, to)
                .flatMap(Stream::of)
                .map(this::finished)
                .toList();
    }

    private float[] mean(int from, int to) {
        if (to - from == 1) {
            return finished(received[from][0]);
        }
        double[] sum = new double[received[from][0].length];
        int tokens = 0;
        for (int part = from; part < to; part++) {
            int weight = parts.get(part).length;
            VectorMath.add(sum, received[part][0], weight);
            tokens += weight;
        }
        return finished(VectorMath.mean(sum, tokens));
    }

    private float[] finished(float[] vector) {
        return VectorMath.finished(vector, options.dimensions(), options.normalized());
    }
}
