package dev.tokapu.completion;

/** What is summed up over the tokens of a text, with the roundings of llama.cpp's tools/perplexity. Thread safety: confined. */
final class KlSums {

    /** Log-probabilities below this one, beside the largest, are cut off in the base. */
    private static final float RANGE = 16;

    private static final float STEPS = 65535;

    private final char[] base;
    private float scale;
    private float least;

    double nll;
    double nllSquares;
    double baseNll;
    double baseNllSquares;
    double nllProducts;
    double divergence;
    double divergenceSquares;
    double change;
    double changeSquares;
    double changeFourths;
    int sameTop;
    int count;

    KlSums(int vocabSize) {
        base = new char[vocabSize];
    }

    /** Takes the logits of the base model for the next token, rounded to 16 bits as in the tool's files. */
    void base(float[] logits) {
        float max = max(logits);
        float min = logits[0];
        for (float logit : logits) {
            min = Math.min(min, logit);
        }
        min = Math.max(min, max - RANGE);
        float logOfSum = logOfSum(logits, max);
        least = min - max - logOfSum;
        scale = (max - min) / STEPS;
        float inverse = 1 / scale;
        for (int i = 0; i < base.length; i++) {
            base[i] = scale != 0 && logits[i] > min ? (char) Math.rint(inverse * (logits[i] - min)) : 0;
        }
    }

    /** Takes the logits of the model, and the token that comes. Puts the divergence and the change of the token's probability. */
    void model(float[] logits, int token, float[] divergences, float[] changes) {
        float max = logits[0];
        int top = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > max) {
                max = logits[i];
                top = i;
            }
        }
        float logOfSum = logOfSum(logits, max);
        float own = max + logOfSum - logits[token];
        float ofBase = -(scale * base[token] + least);
        nll += own;
        nllSquares += own * own;
        baseNll += ofBase;
        baseNllSquares += ofBase * ofBase;
        nllProducts += own * ofBase;

        max += logOfSum;
        double sum = 0;
        int baseTop = -1;
        float baseMax = 0;
        for (int i = 0; i < base.length; i++) {
            float logProbability = scale * base[i] + least;
            if (i == 0 || logProbability > baseMax) {
                baseMax = logProbability;
                baseTop = i;
            }
            if (logProbability > -RANGE) {
                sum += exp(logProbability) * (logProbability - logits[i] + max);
            }
        }
        divergence += sum;
        divergenceSquares += sum * sum;
        sameTop += top == baseTop ? 1 : 0;

        float difference = exp(-own) - exp(-ofBase);
        double square = difference * difference;
        change += difference;
        changeSquares += square;
        changeFourths += square * square;
        divergences[count] = (float) sum;
        changes[count] = difference;
        count++;
    }

    private static float max(float[] logits) {
        float max = logits[0];
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        return max;
    }

    private static float logOfSum(float[] logits, float max) {
        double sum = 0;
        for (float logit : logits) {
            sum += exp(logit - max);
        }
        return (float) Math.log(sum);
    }

    private static float exp(float value) {
        return (float) Math.exp(value);
    }
}
