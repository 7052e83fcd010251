package dev.tokapu.testsupport;

import dev.tokapu.testsupport.TinyWeights.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A model file small enough to be written by each test: llama architecture, random weights (F32) from a fixed seed, 2
 * layers of width 64, less than 1 MB. What it says makes no sense, but it is the same nonsense everywhere, so it can be
 * compared with llama.cpp's own tools. The same options give the same bytes on every machine.
 *
 * <p>Thread safety: immutable, safe for any number of threads.
 */
public final class TinyGguf {

    /** ChatML, the template that the model carries unless told otherwise. */
    public static final String CHAT_TEMPLATE = "{% for message in messages %}"
            + "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
            + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    /** With {@link Builder#fillInMiddle()}: the token of the prefix; suffix, middle, repository and separator follow. */
    public static final int FIRST_FIM_TOKEN = 3;

    private final Builder options;
    private final TinyVocab vocab;

    private TinyGguf(Builder options) {
        this.options = options;
        this.vocab = new TinyVocab(options.furtherToken);
    }

    /** A builder with the usual settings: seed 42, context of 512 tokens, with a chat template. */
    public static Builder builder() {
        return new Builder();
    }

    /** The usual model, written to {@code tiny.gguf} in the folder. */
    public static Path writeTo(Path directory) {
        return builder().build().write(directory.resolve("tiny.gguf"));
    }

    /** The whole file. */
    public byte[] bytes() {
        GgufWriter writer = new GgufWriter();
        TinyMetadata.write(writer, options, vocab);
        tensors().forEach(tensor -> {
            if (options.quantized && tensor.shape().length > 1) {
                writer.quantized(tensor.name(), tensor.shape(), tensor.data());
            } else {
                writer.tensor(
                        tensor.name(), options.types.getOrDefault(tensor.name(), 0), tensor.shape(), tensor.data());
            }
        });
        if (options.eagle3 != null && options.eagle3.ownTokens() > 0) {
            writer.int64Tensor("d2t", options.eagle3.vocabularyMap());
        }
        return writer.toBytes();
    }

    /** The first {@code length} bytes of the file, as after a download that broke off. */
    public byte[] truncated(int length) {
        return Arrays.copyOf(bytes(), length);
    }

    /** {@code length} random bytes from a fixed seed: not a GGUF file at all. */
    public static byte[] garbage(int length) {
        byte[] bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    /** Writes the file and returns its path. */
    public Path write(Path file) {
        return write(file, bytes());
    }

    /** Writes any bytes to a file and returns its path. */
    public static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the model as split files {@code tiny-00001-of-0000N.gguf} and returns their paths in order. */
    public List<Path> writeSplit(Path directory, int parts) {
        List<Tensor> all = tensors();
        List<Path> paths = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            GgufWriter writer = new GgufWriter();
            if (part == 0) {
                TinyMetadata.write(writer, options, vocab);
            }
            writer.uint16("split.no", part).uint16("split.count", parts).int32("split.tensors.count", all.size());
            int from = all.size() * part / parts;
            int to = all.size() * (part + 1) / parts;
            all.subList(from, to).forEach(tensor -> writer.tensor(tensor.name(), tensor.shape(), tensor.data()));
            String name = String.format(Locale.ROOT, "tiny-%05d-of-%05d.gguf", part + 1, parts);
            paths.add(write(directory.resolve(name), writer.toBytes()));
        }
        return paths;
    }

    /** Number of tokens in the vocabulary. */
    public int vocabSize() {
        return vocab.size();
    }

    private List<Tensor> tensors() {
        Random random = new Random(options.seed);
        List<Tensor> list = TinyWeights.of(random, vocab, options.byteTokenScale);
        if (options.mtpHead) {
            list = TinyMtpHead.behind(list, vocab, random);
        } else if (options.eagle3 != null) {
            list = options.eagle3.tensors(list, vocab, random);
        } else if (options.turns) {
            TinyTurns.apply(list, vocab);
        }
        list.removeIf(tensor -> options.omittedTensors.contains(tensor.name()));
        return list;
    }

    /**
     * The settings of a {@link TinyGguf}.
     *
     * <p>Thread safety: confined to one thread.
     */
    public static final class Builder {

        private long seed = 42;
        int contextLength = 512;
        String architecture = "llama";

        @Nullable
        String chatTemplate = CHAT_TEMPLATE;

        private String furtherToken = "";
        boolean fillInMiddle;
        private boolean quantized;
        boolean mtpHead;

        @Nullable
        TinyEagle3 eagle3;

        private boolean turns;
        private float byteTokenScale = 0.1f;
        private final List<String> omittedTensors = new ArrayList<>();
        final Map<String, Object> metadata = new LinkedHashMap<>();
        private final Map<String, Integer> types = new LinkedHashMap<>();

        private Builder() {}

        /** The seed of the weights. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** The trained context size, in tokens. */
        public Builder contextLength(int value) {
            contextLength = value;
            return this;
        }

        /** The architecture's name; llama.cpp refuses names that it does not know. */
        public Builder architecture(String value) {
            architecture = value;
            return this;
        }

        /** The Jinja chat template, or null for a model without one. */
        public Builder chatTemplate(@Nullable String value) {
            chatTemplate = value;
            return this;
        }

        /** Adds a token whose text another token has already: llama.cpp asserts on it. */
        public Builder duplicateToken() {
            return furtherToken("\u2581the");
        }

        /** Adds a token. */
        public Builder furtherToken(String text) {
            furtherToken = text;
            return this;
        }

        /** Gives five byte tokens a second meaning, as the marks of a text with a gap. */
        public Builder fillInMiddle() {
            fillInMiddle = true;
            return this;
        }

        /** Matrices in Q4_0 instead of F32, which CPUs lay out anew while loading (AMX or CPU_REPACK). */
        public Builder quantized() {
            quantized = true;
            return this;
        }

        /** How likely byte tokens are, 0.1 by default; with 1 the output is full of invalid UTF-8. */
        public Builder byteTokenScale(float value) {
            byteTokenScale = value;
            return this;
        }

        /** Leaves out a tensor, for example {@code output_norm.weight}. */
        public Builder omitTensor(String name) {
            omittedTensors.add(name);
            return this;
        }

        /** Heads of width 32, two of them, in place of four of width 16. */
        public Builder wideHeads() {
            String attention = architecture + ".attention.";
            metadata.put(attention + "head_count", 2);
            metadata.put(attention + "head_count_kv", 1);
            metadata.put(architecture + ".rope.dimension_count", TinyWeights.WIDTH / 2);
            return this;
        }

        /** Of GLM 4's architecture, with an MTP head that is mostly right. */
        public Builder mtpHead() {
            mtpHead = true;
            architecture = TinyMtpHead.ARCHITECTURE;
            return this;
        }

        /** Words mostly follow one another: a target for {@link #eagle3}. */
        public Builder turns() {
            turns = true;
            return this;
        }

        /**
         * An EAGLE-3 draft model for one whose words {@linkplain #turns follow one another}; the first token of each draft is mostly right.
         *
         * @param ownTokens how many tokens its own output layer says, with embeddings of its own; 0: it takes both from its target
         * @param firstOwn the first of them; the others follow
         */
        public Builder eagle3(int ownTokens, long firstOwn) {
            eagle3 = new TinyEagle3(ownTokens, firstOwn);
            architecture = TinyEagle3.ARCHITECTURE;
            TinyEagle3.metadata().forEach(metadata::putIfAbsent);
            return this;
        }

        /** Declares a matrix to be of another ggml type whose values have four bytes as well, for example 26 (I32). */
        public Builder tensorType(String name, int type) {
            types.put(name, type);
            return this;
        }

        /** A further entry of the metadata, or another value of one that the model has: a float, an int, several or text. */
        public Builder metadata(String key, Object value) {
            metadata.put(key, value);
            return this;
        }

        /** The model with these settings. */
        public TinyGguf build() {
            return new TinyGguf(this);
        }
    }
}
