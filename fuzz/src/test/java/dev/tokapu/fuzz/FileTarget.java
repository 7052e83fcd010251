package dev.tokapu.fuzz;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Changed model files: loaded, and where that works, used. */
final class FileTarget implements Target {

    private static final String TEXT = "the cat <s> a < b 12 \u00e9\u4e2d";

    private final List<GgufParts> seeds = new ArrayList<>();
    private final Map<String, GgufParts> drafted = new HashMap<>();
    private final Path file;

    FileTarget(Path folder) throws IOException {
        file = folder.resolve("case.gguf");
        seeds.add(GgufParts.of(TinyGguf.builder().build().bytes()));
        seeds.add(GgufParts.of(TinyGguf.builder().quantized().build().bytes()));
        for (TinyMemoryGguf model : TinyMemoryGguf.values()) {
            seeds.add(GgufParts.of(model.bytes()));
        }
        for (TinyPositionsGguf model : TinyPositionsGguf.values()) {
            seeds.add(GgufParts.of(model.bytes()));
        }
    }

    @Override
    public String run(long number, Random random) throws IOException {
        GgufParts seed = random.nextInt(4) == 0 ? drafted(random) : seeds.get(random.nextInt(seeds.size()));
        write(new GgufMutator(random).mutated(seed));
        try (Model model = Model.load(file)) {
            // Rarely two threads: they wait for each other spinning, for long where other processes compute.
            return use(model, random.nextInt(16) == 0 ? 2 : 1);
        } catch (RuntimeException | Error e) {
            return Target.word(e);
        }
    }

    /** Over the file of the case before: new pages for each would take longer than the copy. */
    private void write(byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.truncate(bytes.length);
        }
    }

    private GgufParts drafted(Random random) throws IOException {
        String architecture = Architectures.NAMES[random.nextInt(Architectures.NAMES.length)];
        GgufParts parts = drafted.get(architecture);
        if (parts == null) {
            parts = GgufParts.of(GuessedFile.of(architecture, file));
            drafted.put(architecture, parts);
        }
        return parts;
    }

    private static String use(Model model, int threads) {
        int[] tokens = {1, 2, 0, 1, 2};
        try {
            tokens = model.vocab().tokenize(TEXT);
            model.vocab().detokenize(tokens);
        } catch (RuntimeException | Error e) {
            Target.word(e);
        }
        ContextOptions options = ContextOptions.builder()
                .contextSize(128)
                .batchSize(32)
                .threads(threads)
                .batchThreads(threads)
                .build();
        try (Context context = model.newContext(options)) {
            int length = Math.min(tokens.length, 24);
            Batch batch = new Batch(32);
            batch.addAll(Arrays.copyOf(tokens, length), 0, 0);
            DecodeStatus status = model.info().hasEncoder() ? context.encode(batch) : context.decode(batch);
            if (!model.info().hasEncoder() && status == DecodeStatus.OK) {
                context.decode(new Batch(1).add(1, length, 0, true));
            }
            return status.toString();
        }
    }

    @Override
    public void close() {
        // Nothing is kept open.
    }
}
