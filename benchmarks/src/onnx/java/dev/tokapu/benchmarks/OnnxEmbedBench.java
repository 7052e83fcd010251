package dev.tokapu.benchmarks;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What {@link EmbedBench} measures, of all-MiniLM-L6-v2 in ONNX Runtime: texts sorted by length, in batches of about as many tokens as a micro-batch,
 * tokenized by Hugging Face's library; mean pooling and normalization in Java. In the profile {@code onnx}.
 */
public final class OnnxEmbedBench {

    private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";
    private static final String MODEL = "/all-minilm-l6-v2.onnx";

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final HuggingFaceTokenizer tokenizer;
    private final int batchTokens;

    private OnnxEmbedBench(
            OrtEnvironment environment, OrtSession session, HuggingFaceTokenizer tokenizer, int batchTokens) {
        this.environment = environment;
        this.session = session;
        this.tokenizer = tokenizer;
        this.batchTokens = batchTokens;
    }

    /**
     * Runs it.
     *
     * @param args as those of {@link EmbedBench}; the first two mean nothing
     */
    public static void main(String[] args) throws IOException, InterruptedException, OrtException {
        List<String> texts = EmbedBench.texts(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(Integer.parseInt(args[5]));
        options.setInterOpNumThreads(1);
        try (InputStream model = resource(MODEL);
                InputStream words = resource(TOKENIZER);
                OrtSession session = environment.createSession(model.readAllBytes(), options);
                HuggingFaceTokenizer tokenizer =
                        HuggingFaceTokenizer.newInstance(words, Map.of("padding", "false", "maxLength", "512"))) {
            OnnxEmbedBench bench = new OnnxEmbedBench(environment, session, tokenizer, Integer.parseInt(args[6]));
            EmbedBench.measure(() -> bench.embed(texts), texts.size(), Integer.parseInt(args[4]));
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream stream = OnnxEmbedBench.class.getResourceAsStream(name);
        if (stream == null) {
            throw new IOException("no " + name + " on the class path; build with the profile onnx");
        }
        return stream;
    }

    private List<float[]> embed(List<String> texts) throws IOException {
        List<long[]> ids = new ArrayList<>();
        for (Encoding encoding : tokenizer.batchEncode(texts)) {
            ids.add(encoding.getIds());
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingInt(i -> ids.get(i).length));
        float[][] vectors = new float[ids.size()][];
        try {
            for (int from = 0; from < order.size(); ) {
                int to = from + 1;
                while (to < order.size() && (to + 1 - from) * ids.get(order.get(to)).length <= batchTokens) {
                    to++;
                }
                embed(ids, order.subList(from, to), vectors);
                from = to;
            }
        } catch (OrtException e) {
            throw new IOException(e);
        }
        return Arrays.asList(vectors);
    }

    private void embed(List<long[]> ids, List<Integer> batch, float[][] vectors) throws OrtException {
        int longest = ids.get(batch.get(batch.size() - 1)).length;
        long[] tokens = new long[batch.size() * longest];
        long[] mask = new long[tokens.length];
        for (int row = 0; row < batch.size(); row++) {
            long[] text = ids.get(batch.get(row));
            System.arraycopy(text, 0, tokens, row * longest, text.length);
            Arrays.fill(mask, row * longest, row * longest + text.length, 1);
        }
        try (OnnxTensor input = tensor(tokens, batch.size(), longest);
                OnnxTensor attention = tensor(mask, batch.size(), longest);
                OnnxTensor types = tensor(new long[tokens.length], batch.size(), longest);
                OrtSession.Result result = session.run(
                        Map.of("input_ids", input, "attention_mask", attention, "token_type_ids", types))) {
            FloatBuffer outputs = ((OnnxTensor) result.get(0)).getFloatBuffer();
            int width = outputs.remaining() / tokens.length;
            for (int row = 0; row < batch.size(); row++) {
                vectors[batch.get(row)] = pooled(outputs, row * longest * width, ids.get(batch.get(row)).length, width);
            }
        }
    }

    private OnnxTensor tensor(long[] values, int rows, int columns) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), new long[] {rows, columns});
    }

    private static float[] pooled(FloatBuffer outputs, int from, int count, int width) {
        float[] sum = new float[width];
        for (int token = 0; token < count; token++) {
            for (int i = 0; i < width; i++) {
                sum[i] += outputs.get(from + token * width + i);
            }
        }
        double squares = 0;
        for (float value : sum) {
            squares += (double) value * value;
        }
        float length = (float) Math.sqrt(squares);
        for (int i = 0; i < width; i++) {
            sum[i] /= length;
        }
        return sum;
    }
}
