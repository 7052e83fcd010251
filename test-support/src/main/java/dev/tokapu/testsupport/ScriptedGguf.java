package dev.tokapu.testsupport;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A model file that generates what a script says: which token comes next depends on the position alone. It makes any program
 * that runs models, llama-server for example, answer with a text of the test's choice.
 *
 * <p>A GPT-2 whose one layer adds nothing. Every token has a vector of its own; a learned position is the vector of the token
 * that the script wants there, and the output weights are the vectors of all tokens. Tokens are bytes, besides BOS, EOS and
 * the markers that a test adds. Where the script says nothing the model ends its answer.
 *
 * <p>Thread safety: confined to one thread.
 */
public final class ScriptedGguf {

    /** The begin-of-text token, {@code <s>}; texts are tokenized without it. */
    public static final int BOS = 256;

    /** The end-of-text token, {@code </s>}. */
    public static final int EOS = 257;

    private static final int WIDTH = 64;
    private static final int FFN_WIDTH = 32;
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int NOTHING = -1;
    private static final int ROOM = 256;

    private final List<byte[]> texts = new ArrayList<>();
    private final List<Integer> types = new ArrayList<>();
    private int[] following = new int[0];
    private String template = "";

    /**
     * A model without a script.
     *
     * @param control texts of control tokens
     * @param userDefined texts of tokens that are parsed in every text
     */
    public ScriptedGguf(List<String> control, List<String> userDefined) {
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printed = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            add(Character.toString(printed ? b : next++), NORMAL);
        }
        add("<s>", CONTROL);
        add("</s>", CONTROL);
        control.forEach(text -> add(text, CONTROL));
        userDefined.forEach(text -> add(text, USER_DEFINED));
    }

    private void add(String text, int type) {
        texts.add(text.getBytes(StandardCharsets.UTF_8));
        types.add(type);
    }

    /** The first length of a prompt, from {@code promptTokens} on, whose answer of {@code size} tokens meets no other. */
    public int free(int promptTokens, int size) {
        int length = promptTokens;
        for (int at = length - 1; at < following.length && at < length + size; at++) {
            if (following[at] != NOTHING) {
                length = at + 2;
            }
        }
        return length;
    }

    /**
     * Adds an answer to the script.
     *
     * @param promptTokens the length of the prompt that it answers, at least one
     * @param tokens the answer; behind it the model ends
     * @return this
     */
    public ScriptedGguf say(int promptTokens, int... tokens) {
        if (free(promptTokens, tokens.length) != promptTokens) {
            throw new IllegalArgumentException("the answer to " + promptTokens + " tokens meets another");
        }
        int before = following.length;
        if (before < promptTokens + tokens.length) {
            following = Arrays.copyOf(following, promptTokens + tokens.length);
            Arrays.fill(following, before, following.length, NOTHING);
        }
        System.arraycopy(tokens, 0, following, promptTokens - 1, tokens.length);
        following[promptTokens - 1 + tokens.length] = EOS;
        return this;
    }

    /** Gives the model a chat template of its own. */
    public ScriptedGguf template(String jinja) {
        template = jinja;
        return this;
    }

    /** Tokens of a text at most. */
    public int positions() {
        return (following.length / ROOM + 2) * ROOM;
    }

    /** The whole file. */
    public byte[] bytes() {
        GgufWriter writer = new GgufWriter();
        writer.text("general.architecture", "gpt2")
                .text("general.name", "Scripted")
                .uint32("gpt2.context_length", positions())
                .uint32("gpt2.embedding_length", WIDTH)
                .uint32("gpt2.block_count", 1)
                .uint32("gpt2.feed_forward_length", FFN_WIDTH)
                .uint32("gpt2.attention.head_count", 1)
                .float32("gpt2.attention.layer_norm_epsilon", 1e-5f)
                .text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "gpt-2")
                .texts("tokenizer.ggml.tokens", texts)
                .int32s(
                        "tokenizer.ggml.token_type",
                        types.stream().mapToInt(type -> type).toArray())
                // One is needed; no text has these two bytes.
                .texts("tokenizer.ggml.merges", List.of("\u0100 \u0101".getBytes(StandardCharsets.UTF_8)))
                .uint32("tokenizer.ggml.bos_token_id", BOS)
                .uint32("tokenizer.ggml.eos_token_id", EOS)
                .bool("tokenizer.ggml.add_bos_token", false);
        if (!template.isEmpty()) {
            writer.text("tokenizer.chat_template", template);
        }
        tensors(new TinyTensors(writer, new Random(44)));
        return writer.toBytes();
    }

    private void tensors(TinyTensors tensors) {
        float[][] vectors = vectors(tensors.random());
        int[] wanted = new int[positions()];
        Arrays.setAll(wanted, at -> at < following.length && following[at] != NOTHING ? following[at] : EOS);
        int[] all = new int[vectors.length];
        Arrays.setAll(all, token -> token);
        tensors.filled("token_embd.weight", 0, WIDTH, vectors.length);
        tensors.writer().tensor("position_embd.weight", new long[] {WIDTH, wanted.length}, rows(vectors, wanted));
        tensors.writer().tensor("output.weight", new long[] {WIDTH, vectors.length}, rows(vectors, all));
        norm(tensors, "output_norm");
        norm(tensors, "blk.0.attn_norm");
        nothing(tensors, "blk.0.attn_qkv", WIDTH, 3 * WIDTH);
        nothing(tensors, "blk.0.attn_output", WIDTH, WIDTH);
        norm(tensors, "blk.0.ffn_norm");
        nothing(tensors, "blk.0.ffn_up", WIDTH, FFN_WIDTH);
        nothing(tensors, "blk.0.ffn_down", FFN_WIDTH, WIDTH);
    }

    /** Of each token: half of the numbers 1, half -1, which norms leave as they are. Any two are far apart. */
    private float[][] vectors(Random random) {
        float[][] vectors = new float[texts.size()][];
        for (int token = 0; token < vectors.length; token++) {
            do {
                vectors[token] = vector(random);
            } while (meets(vectors, token));
        }
        return vectors;
    }

    private static float[] vector(Random random) {
        float[] vector = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            int other = random.nextInt(i + 1);
            vector[i] = vector[other];
            vector[other] = i % 2 == 0 ? 1 : -1;
        }
        return vector;
    }

    private static boolean meets(float[][] vectors, int token) {
        for (int other = 0; other < token; other++) {
            float product = 0;
            for (int i = 0; i < WIDTH; i++) {
                product += vectors[other][i] * vectors[token][i];
            }
            if (product > WIDTH / 2) {
                return true;
            }
        }
        return false;
    }

    private static float[] rows(float[][] vectors, int[] tokens) {
        float[] rows = new float[tokens.length * WIDTH];
        for (int i = 0; i < tokens.length; i++) {
            System.arraycopy(vectors[tokens[i]], 0, rows, i * WIDTH, WIDTH);
        }
        return rows;
    }

    private static void norm(TinyTensors tensors, String name) {
        tensors.ones(name + ".weight", WIDTH);
        tensors.filled(name + ".bias", 0, WIDTH);
    }

    private static void nothing(TinyTensors tensors, String name, int from, int to) {
        tensors.filled(name + ".weight", 0, from, to);
        tensors.filled(name + ".bias", 0, to);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "ScriptedGguf[%d tokens, %d positions]", texts.size(), positions());
    }
}
