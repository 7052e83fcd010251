package dev.tokapu.fuzz;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Changed adapter files for models that are sound: loaded, and where that works, used, taken away and closed in any order. */
final class AdapterTarget implements Target {

    /** Architectures whose matrices are one for each expert. */
    private static final List<String> WITH_EXPERTS = List.of("qwen3moe", "gpt-oss", "granitemoe");

    /** Two threads wait for each other long where the machine has other things to do. */
    private static final int SELDOM = 16;

    private static final int LENGTH = 6;
    private static final float[] SCALES = {1, -1, 0.5f, 1e-30f, 1e30f, Float.MAX_VALUE};

    private final Path folder;
    private final Path file;
    private final Path further;
    private final List<String> models = new ArrayList<>();
    private final Map<String, SeedAdapters> seeds = new HashMap<>();
    private final Map<String, Model> kept = new HashMap<>();

    AdapterTarget(Path folder) throws IOException {
        this.folder = folder;
        file = folder.resolve("case.gguf");
        further = folder.resolve("further.gguf");
        add("dense", TinyGguf.builder().build().bytes());
        add("quantized", TinyGguf.builder().quantized().build().bytes());
        for (TinyMemoryGguf model : TinyMemoryGguf.values()) {
            add(model.name(), model.bytes());
        }
        for (TinyPositionsGguf model : TinyPositionsGguf.values()) {
            add(model.name(), model.bytes());
        }
    }

    private void add(String name, byte[] bytes) throws IOException {
        Files.write(modelFile(name), bytes);
        seeds.put(name, new SeedAdapters(bytes));
        models.add(name);
    }

    private Path modelFile(String name) {
        return folder.resolve("model-" + name + ".gguf");
    }

    private String model(Random random) throws IOException {
        if (random.nextInt(4) > 0) {
            return models.get(random.nextInt(models.size()));
        }
        String name = WITH_EXPERTS.get(random.nextInt(WITH_EXPERTS.size()));
        if (!seeds.containsKey(name)) {
            byte[] bytes = GuessedFile.of(name, modelFile(name));
            Files.write(modelFile(name), bytes);
            seeds.put(name, new SeedAdapters(bytes));
        }
        return name;
    }

    @Override
    public String run(long number, Random random) throws IOException {
        String name = model(random);
        SeedAdapters seed = seeds.get(name);
        byte[] bytes = seed.any(random);
        Files.write(file, random.nextInt(3) == 0 ? bytes : new GgufMutator(random).mutated(GgufParts.of(bytes)));
        byte[] second = random.nextInt(4) == 0 ? seed.any(random) : new byte[0];
        Files.write(further, second);
        List<AutoCloseable> open = new ArrayList<>();
        try {
            Model model;
            if (random.nextInt(8) == 0) {
                model = Model.load(modelFile(name));
                open.add(model);
            } else {
                model = kept.computeIfAbsent(name, key -> Model.load(modelFile(key)));
            }
            return use(model, second.length > 0, open, random);
        } catch (RuntimeException | Error e) {
            return Target.word(e);
        } finally {
            close(open, random);
        }
    }

    private String use(Model model, boolean two, List<AutoCloseable> open, Random random) {
        LoraAdapter adapter = LoraAdapter.load(model, file);
        open.add(adapter);
        adapter.metadata();
        adapter.invocationTokens();
        LoraSet set = LoraSet.of(adapter, SCALES[random.nextInt(SCALES.length)]);
        if (two) {
            LoraAdapter second = LoraAdapter.load(model, further);
            open.add(second);
            set = set.with(second, SCALES[random.nextInt(SCALES.length)]);
        }
        boolean own = open.get(0) == model;
        int threads = random.nextInt(SELDOM) == 0 ? 2 : 1;
        Context context = model.newContext(ContextOptions.builder()
                .contextSize(64)
                .batchSize(32)
                .threads(threads)
                .batchThreads(threads)
                .build());
        open.add(context);
        boolean encodes = model.info().hasEncoder();
        int next = random.nextBoolean() ? compute(context, encodes, 0) : 0;
        String word = "used";
        try {
            set.applyTo(context);
        } catch (RuntimeException | Error e) {
            word = "not applied: " + Target.word(e);
        }
        next = compute(context, encodes, next);
        if (random.nextBoolean()) {
            LoraSet.NONE.applyTo(context);
        } else {
            adapter.close();
            if (own) {
                model.close();
            }
        }
        compute(context, encodes, next);
        return word;
    }

    /** Some tokens at once and one alone take different ways through llama.cpp; returns the next position. */
    private static int compute(Context context, boolean encodes, int position) {
        Batch batch = new Batch(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            batch.add(i, position + i, 0, true);
        }
        if (encodes) {
            context.encode(batch);
        } else {
            context.decode(batch);
            context.decode(new Batch(1).add(1, position + LENGTH, 0, true));
        }
        return position + LENGTH + 1;
    }

    private static void close(List<AutoCloseable> open, Random random) {
        Collections.shuffle(open, random);
        for (AutoCloseable one : open) {
            try {
                one.close();
            } catch (Exception e) {
                throw new AssertionError(one + " cannot be closed", e);
            }
        }
    }

    @Override
    public void close() {
        kept.values().forEach(Model::close);
    }
}
