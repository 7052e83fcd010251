package dev.tokapu.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.ModelInfoKey;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The default model, mapped from the jar that is on the class path. */
class ModelJarIT extends Contract {

    private static final String ENTRY = "dev/tokapu/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";
    private static final int LOCAL_HEADER = 30;

    /** Where the bytes of a stored entry are: the entries before it are skipped by the sizes in their local headers. */
    private static long[] rangeOf(Path jar) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(jar.toFile(), "r")) {
            byte[] header = new byte[LOCAL_HEADER];
            long position = 0;
            while (true) {
                file.seek(position);
                file.readFully(header);
                ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
                assertThat(fields.getInt(0)).as("signature of a local header").isEqualTo(0x04034b50);
                byte[] name = new byte[fields.getShort(26)];
                file.readFully(name);
                long data = position + LOCAL_HEADER + name.length + fields.getShort(28);
                long size = fields.getInt(18);
                if (string(name, name.length).equals(ENTRY)) {
                    assertThat(fields.getShort(8)).as("compression method").isZero();
                    return new long[] {data, size};
                }
                position = data + size;
            }
        }
    }

    private long load() throws IOException {
        URL url = ModelJarIT.class.getClassLoader().getResource(ENTRY);
        assertThat(url).as(ENTRY + " on the class path").isNotNull();
        assertThat(url.getProtocol()).isEqualTo("jar");
        Path jar =
                Path.of(((JarURLConnection) url.openConnection()).getJarFile().getName());
        long[] range = rangeOf(jar);
        assertThat(range[0] % 32).as("alignment").isZero();
        long[] model = new long[1];
        ok(api.models()
                .loadRange(utf8(jar.toString()), range[0], range[1], modelOptions(), new byte[0], 0, 0, null, model));
        cleanup(() -> api.models().free(model[0]));
        return model[0];
    }

    @Test
    void defaultModel_greedy_answersWithTheCapital() throws IOException {
        long model = load();
        long template = chatTemplate(model, "");
        long context = context(model);
        long sampler = sampler(model);
        ok(api.samplers().addGreedy(sampler));
        byte[] rendered = new byte[4096];
        int[] length = new int[1];
        String request = "{\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}]}";
        ok(api.chatTemplates().apply(template, utf8(request), rendered, length));
        assertThat(string(rendered, length[0])).contains("<|im_start|>user");

        List<Integer> answer = new ArrayList<>();
        int[] token = new int[1];
        for (int part : tokenize(model, "The capital of France is")) {
            ok(decodeTokens(context, part));
        }
        for (int i = 0; i < 8; i++) {
            ok(api.samplers().sample(sampler, context, -1, token));
            answer.add(token[0]);
            ok(decodeTokens(context, token[0]));
        }

        int[] tokens = answer.stream().mapToInt(Integer::intValue).toArray();
        assertThat(text((buf, n) -> api.vocab().detokenize(model, tokens, tokens.length, 0, 0, buf, n)))
                .contains("Paris");
        assertThat(modelInfo(model, ModelInfoKey.N_VOCAB)).isEqualTo(49152);
    }
}
