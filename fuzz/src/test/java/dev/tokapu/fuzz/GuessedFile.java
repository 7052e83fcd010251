package dev.tokapu.fuzz;

import dev.tokapu.FileTrial;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/** A small model of any architecture, made by asking the loader what is missing until it is content. */
final class GuessedFile {

    private static final Pattern MISSING_KEY = Pattern.compile("key not found in model: ([A-Za-z0-9_.-]+)");
    private static final Pattern WRONG_TYPE =
            Pattern.compile("key (\\S+) has wrong type (\\S+) but expected type ([a-z0-9]+)");
    private static final Pattern MISSING_TENSOR = Pattern.compile("tensor '([^']+)' not found");
    private static final Pattern WRONG_SHAPE =
            Pattern.compile("tensor '([^']+)' has wrong shape; expected +([0-9, ]+), got");
    private static final Pattern MISSING_ARRAY = Pattern.compile("array key not found in model: ([A-Za-z0-9_.-]+)");
    /** Guesses alone are tried in any case, also where those of this run are not. */
    private static final ModelOptions TRIED =
            ModelOptions.builder().trial(FileTrial.PLAN).build();

    private static final int MOST_QUESTIONS = 400;
    private static final int FLOAT32_TENSOR = 0;
    private static final int ARRAY_LENGTH = 4;

    private final GgufParts parts;
    private final String architecture;
    private final Random random = new Random(5);

    private GuessedFile(String architecture) {
        this.architecture = architecture;
        parts = GgufParts.of(
                TinyGguf.builder().architecture(architecture).build().bytes());
        parts.tensors.clear();
    }

    /**
     * The file, or as much of it as could be found out. That takes some hundred loads: it is kept beside the build of llama.cpp
     * that was asked.
     *
     * @param file where what is tried is written
     */
    static byte[] of(String architecture, Path file) throws IOException {
        Path build = Path.of(System.getProperty("tokapu.oracle.dir"));
        Path folder = Files.createDirectories(build.resolveSibling("guesses").resolve(Long.toHexString(code())));
        Path kept = folder.resolve(architecture);
        if (!Files.exists(kept)) {
            byte[] bytes = guess(architecture, file);
            Path partial = Files.write(Files.createTempFile(folder, architecture, ".partial"), bytes);
            Files.move(partial, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return Files.readAllBytes(kept);
    }

    /** What the guesses of a build depend on: other code makes others. */
    private static long code() throws IOException {
        CRC32 crc = new CRC32();
        crc.update(TinyGguf.builder().build().bytes());
        for (Class<?> type : List.of(GuessedFile.class, GgufParts.class)) {
            try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
                crc.update(in.readAllBytes());
            }
        }
        return crc.getValue();
    }

    private static byte[] guess(String architecture, Path file) throws IOException {
        GuessedFile draft = new GuessedFile(architecture);
        for (int i = 0; i < MOST_QUESTIONS; i++) {
            Files.write(file, draft.parts.bytes());
            try (Model model = Model.load(file, TRIED)) {
                break;
            } catch (ModelLoadException e) {
                if (!draft.learn(String.valueOf(e.getMessage()) + " ")) {
                    break;
                }
            }
        }
        return draft.parts.bytes();
    }

    private boolean learn(String message) {
        Matcher array = MISSING_ARRAY.matcher(message);
        Matcher key = MISSING_KEY.matcher(message);
        Matcher type = WRONG_TYPE.matcher(message);
        Matcher tensor = MISSING_TENSOR.matcher(message);
        Matcher shape = WRONG_SHAPE.matcher(message);
        if (shape.find()) {
            reshape(shape.group(1), shape.group(2));
        } else if (tensor.find()) {
            String name = tensor.group(1);
            if (parts.tensors.stream().anyMatch(known -> known.name.equals(name))) {
                return false;
            }
            parts.tensors.add(new GgufParts.Tensor(name, FLOAT32_TENSOR, new byte[4], 1));
        } else if (type.find()) {
            retype(type.group(1), type.group(3));
        } else if (array.find()) {
            return addArray(array.group(1), GgufParts.BOOL, 1, 1);
        } else if (key.find()) {
            return add(key.group(1));
        } else {
            // What asserts or speaks in words of its own mostly misses one of these.
            return add(architecture + ".expert_count")
                    || add(architecture + ".expert_used_count")
                    || add("tokenizer.ggml.token_type_count");
        }
        return true;
    }

    /** Adds a number of this name, unless there is one. */
    private boolean add(String key) {
        if (parts.entries.stream().anyMatch(known -> known.key.equals(key))) {
            return false;
        }
        return parts.entries.add(new GgufParts.Entry(key, GgufParts.UINT32, GgufParts.number(draft(key), 4)));
    }

    private boolean addArray(String key, int type, int size, int value) {
        byte[] bytes = new byte[12 + size * ARRAY_LENGTH];
        System.arraycopy(GgufParts.number(type, 4), 0, bytes, 0, 4);
        System.arraycopy(GgufParts.number(ARRAY_LENGTH, 8), 0, bytes, 4, 8);
        for (int i = 0; i < ARRAY_LENGTH; i++) {
            System.arraycopy(GgufParts.number(value, size), 0, bytes, 12 + size * i, size);
        }
        parts.entries.removeIf(known -> known.key.equals(key));
        return parts.entries.add(new GgufParts.Entry(key, GgufParts.ARRAY, bytes));
    }

    private void reshape(String name, String expected) {
        String[] numbers = expected.trim().split(" *, *", -1);
        long[] dimensions = new long[numbers.length];
        int values = 1;
        for (int i = 0; i < numbers.length; i++) {
            dimensions[i] = Long.parseLong(numbers[i]);
            values *= (int) Math.min(dimensions[i], 1 << 16);
        }
        byte[] data = new byte[4 * Math.min(values, 1 << 22)];
        for (int i = 0; i < data.length; i += 4) {
            System.arraycopy(GgufParts.number(Float.floatToRawIntBits(random.nextFloat() - 0.5f), 4), 0, data, i, 4);
        }
        parts.tensors.removeIf(tensor -> tensor.name.equals(name));
        parts.tensors.add(new GgufParts.Tensor(name, FLOAT32_TENSOR, data, dimensions));
    }

    private void retype(String key, String expected) {
        parts.entries.removeIf(entry -> entry.key.equals(key));
        switch (expected) {
            case "f32" ->
                parts.entries.add(new GgufParts.Entry(
                        key, GgufParts.FLOAT32, GgufParts.number(Float.floatToRawIntBits(1e-5f), 4)));
            case "bool" -> parts.entries.add(new GgufParts.Entry(key, GgufParts.BOOL, new byte[] {1}));
            case "i32", "arr" -> addArray(key, GgufParts.INT32, 4, 2);
            case "str" -> parts.entries.add(new GgufParts.Entry(key, GgufParts.STRING, GgufParts.text("none")));
            default -> parts.entries.add(new GgufParts.Entry(key, GgufParts.UINT32, GgufParts.number(draft(key), 4)));
        }
    }

    /** A small number that hyperparameters of this name may have. */
    private int draft(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        if (name.contains("length") || name.contains("dimension") || name.contains("rank") || name.contains("size")) {
            return 16;
        } else if (name.contains("expert_count") || name.contains("group_count")) {
            return 4;
        }
        return name.contains("block_count") ? 1 : 2;
    }
}
