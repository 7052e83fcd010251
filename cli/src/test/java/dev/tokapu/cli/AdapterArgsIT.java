package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ControlVector;
import dev.tokapu.testsupport.LoraWriter;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --lora} and {@code --control-vector}. */
@Timeout(300)
class AdapterArgsIT {

    @TempDir
    Path folder;

    private static FakeConsole run(int exitCode, List<String> command, String... more) {
        List<String> args = new ArrayList<>(command);
        args.addAll(List.of(more));
        FakeConsole fake = new FakeConsole("");
        assertThat(fake.run(args.toArray(new String[0]))).as(fake.err()).isEqualTo(exitCode);
        return fake;
    }

    private String vector(int layers, int width) {
        Random random = new Random(1);
        List<float[]> directions = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            float[] direction = new float[width];
            for (int i = 0; i < width; i++) {
                direction[i] = (float) random.nextGaussian();
            }
            directions.add(direction);
        }
        Path file = folder.resolve(layers + "x" + width + ".gguf");
        ControlVector.of(directions).write(file, "llama");
        return file.toString();
    }

    @Test
    void run_adapters_changeWhatIsSaid() {
        String model = TinyGguf.writeTo(folder).toString();
        String vector = vector(1, 64);
        String lora = LoraWriter.ofTiny(7).write(folder.resolve("law.gguf")).toString();
        List<String> command = List.of("run", "--greedy", "-q", "-n", "8", "--model", model, "abc");
        String plain = run(0, command).out();
        String moved = run(0, command, "--control-vector", vector + ":3").out();
        assertThat(moved).isNotEqualTo(plain);
        assertThat(run(0, command, "--control-vector", vector + ":3:1-1").out()).isEqualTo(moved);
        assertThat(run(0, command, "--control-vector", vector, "--control-vector", vector + ":2")
                        .out())
                .isEqualTo(moved);
        assertThat(run(0, command, "--control-vector", vector + ":0").out()).isEqualTo(plain);
        String both = run(0, command, "--control-vector", vector + ":3", "--lora", lora + ":1.5")
                .out();
        assertThat(both).isNotIn(plain, moved);
        assertThat(run(0, command, "--control-vector", vector + ":3", "--lora", lora + ":1.5", "--draft-model", model)
                        .out())
                .isEqualTo(both);
    }

    @Test
    void chat_controlVector_changesWhatIsSaid() {
        List<String> command = List.of("chat", "--greedy", "-q", "-n", "4", "Hi");
        assertThat(run(0, command, "--control-vector", vector(29, 576) + ":5").out())
                .isNotEqualTo(run(0, command).out());
    }

    @Test
    void wrongFilesAndLayers_areRefused() {
        String model = TinyGguf.writeTo(folder).toString();
        String vector = vector(1, 64);
        List<String> command = List.of("run", "-q", "--model", model, "abc");
        assertThat(run(ExitCode.MODEL, command, "--control-vector", "none.gguf").err())
                .contains("none.gguf is no control vector: none.gguf does not exist");
        assertThat(run(ExitCode.MODEL, command, "--control-vector", model).err())
                .contains("is no direction of a layer");
        assertThat(run(ExitCode.USAGE, command, "--control-vector", vector + ":1:1-2")
                        .err())
                .contains("layers 1 to 2 of a control vector that has directions for layers 1 to 1");
        assertThat(run(ExitCode.USAGE, command, "--control-vector", vector(1, 32))
                        .err())
                .contains("a control vector with directions of 32 numbers", "does not fit");
        assertThat(run(ExitCode.USAGE, command, "--lora", vector + ":1:1-1").err())
                .contains("layers are for --control-vector");
        assertThat(run(ExitCode.MODEL, command, "--lora", vector).err()).contains("1x64.gguf");
        assertThat(run(ExitCode.USAGE, command, "--lora", "").err()).contains("the name of an adapter's file is empty");
    }
}
