package dev.tokapu.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.TensorType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of the harness that measure nothing themselves: the roofline, counters of energy, tuning, summaries. */
class HarnessTest {

    @TempDir
    private Path folder;

    private static double number(String code) throws Exception {
        return Double.parseDouble(Harness.python(code).get(0));
    }

    /** By hand: 218,103,808 parameters in a layer of 32, 525,336,576 in the output, 128 KiB of keys and values a token. */
    @Test
    void roofline_isTheSlowerOfMemoryAndArithmetic() throws Exception {
        double layers = 32.0 * 218_103_808;
        double output = 525_336_576;
        double norms = 65.0 * 4096 * 4;
        double kv = 131_072.0 * (127 * 512 + 127 * 63);
        double memory = (128 * (2 * (layers + output) + norms) + kv) / 4.8e12;
        assertThat(number(
                        "from harness.roofline import *; print(output_throughput('NVIDIA H200', 'bf16', 1, 512, 128))"))
                .isCloseTo(128 / memory, within(1e-6));
        double arithmetic = 2 * 256 * (layers * 640 + output * 128) / 989e12;
        assertThat(
                        number(
                                "from harness.roofline import *; print(output_throughput('NVIDIA H200', 'bf16', 256, 512, 128))"))
                .isCloseTo(256 * 128 / arithmetic, within(1e-6));
    }

    @Test
    void randomModel_withAnMtpHead_isOfAnArchitectureWithHeads() throws Exception {
        Path file = folder.resolve("mtp.gguf");
        Harness.python("""
                import sys
                from pathlib import Path
                from harness.random_model import SIZES, TYPES, write_whole
                write_whole(Path(sys.argv[1]), {**SIZES["tiny"], "mtp": True}, TYPES["q4_0"])
                """, file.toString());
        GgufFile gguf = GgufFile.open(file);
        assertThat(gguf.architecture()).contains("glm4moe");
        assertThat(gguf.nextTokenLayerCount()).isEqualTo(1);
        assertThat(gguf.problems()).isEmpty();
        assertThat(gguf.tensor("blk.2.nextn.eh_proj.weight").orElseThrow().type())
                .isEqualTo(TensorType.F16);
        assertThat(gguf.tensor("blk.1.attn_q.weight").orElseThrow().type()).isEqualTo(TensorType.Q4_0);
    }

    /** By prompt, in each round: one answer that is other, one of a request that only one system had. */
    @Test
    void answersOfASpeculation_areComparedByTheirPrompts() throws Exception {
        String code =
                "from harness.speculation import compared; print(*compared([{1: 5, 2: 6}, {1: 7}], [{1: 5, 3: 6}, {1: 7}]))";
        assertThat(Harness.python(code)).containsExactly("2 3");
    }

    private void zone(String name, String of, long energy) throws Exception {
        Path zone = Files.createDirectory(folder.resolve(name));
        Files.writeString(zone.resolve("name"), of + "\n");
        Files.writeString(zone.resolve("max_energy_range_uj"), "10000000\n");
        Files.writeString(zone.resolve("energy_uj"), energy + "\n");
    }

    @Test
    void counters_areThoseOfProcessorsAndMemory_andGoOnBehindTheirRange() throws Exception {
        zone("intel-rapl:0", "package-0", 9_000_000);
        zone("intel-rapl:0:0", "core", 1);
        zone("intel-rapl:0:1", "dram", 1_000_000);
        zone("intel-rapl:1", "psys", 1);
        String code = """
                import sys
                from pathlib import Path
                from harness import energy
                folder = Path(sys.argv[1])
                found, refused = energy.counters(folder, "no-such-library.so")
                print([counter.name for counter in found], len(refused))
                before = [counter.joules() for counter in found]
                (folder / "intel-rapl:0" / "energy_uj").write_text("2000000")
                print([counter.joules() - less for counter, less in zip(found, before)])
                """;
        assertThat(Harness.python(code, folder)).containsExactly("['package-0', 'dram'] 1", "[3.0, 0.0]");
    }

    @Test
    void counters_thatCannotBeRead_areToldOf() throws Exception {
        zone("intel-rapl:0", "package-0", 1);
        Files.delete(folder.resolve("intel-rapl:0/max_energy_range_uj"));
        zone("intel-rapl:1", "package-1", 1);
        Files.createDirectory(folder.resolve("empty"));
        String code = """
                import sys
                from pathlib import Path
                from harness import energy
                folder = Path(sys.argv[1])
                def reasons(powercap):
                    found, refused = energy.counters(powercap, "no-such-library.so")
                    return [counter.name for counter in found], refused[0]
                print(*reasons(folder))
                print(*reasons(folder / "empty"))
                """;
        List<String> lines = Harness.python(code, folder);
        assertThat(lines.get(0)).startsWith("['package-1'] ").endsWith("intel-rapl:0: No such file or directory");
        assertThat(lines.get(1)).startsWith("[] ").endsWith("empty has no counter of a processor");
    }

    @Test
    void joules_areThoseBetweenTwoTimes() throws Exception {
        String code = """
                from harness.energy import Meter
                meter = Meter([])
                meter.seen = [(10, 100), (11, 200), (13, 300)]
                print(meter.joules(10.5, 12))
                """;
        assertThat(Harness.python(code)).containsExactly("100.0");
    }

    /** A load may have ended after the last look. */
    @Test
    void joules_behindTheLastLook_takeAnother_andAreUnknownWithoutACounter() throws Exception {
        String code = """
                import time
                from harness import energy, serve
                class Counter:
                    name, value = "package-0", 0
                    def joules(self):
                        if self.value is None:
                            raise OSError(5, "Input/output error")
                        self.value += 10
                        return self.value
                energy.PAUSE = 3600
                counter = Counter()
                with energy.Meter([counter]) as meter:
                    time.sleep(0.01)
                    print(0 < meter.joules(meter.seen[0][0], time.time()) <= 10)
                    counter.value = None
                    sample = {"ended": time.time(), "duration": 0.001, "output_throughput": 50}
                    print(serve.metered(sample, meter) == sample, meter.failure)
                print(serve.medians([{"output_throughput": 1, "tokens_per_joule": 2, "completed": 1, "rejected": 0, "failed": 0},
                                     {"output_throughput": 3, "completed": 1, "rejected": 0, "failed": 0}]))
                """;
        assertThat(Harness.python(code))
                .contains(
                        "True",
                        "True a counter cannot be read any more: [Errno 5] Input/output error",
                        "{'output_throughput': 2.0, 'completed': 2, 'rejected': 0, 'failed': 0}");
    }

    @Test
    void tuning_keepsWhatIsFaster_andLeavesWhatIsRefused() throws Exception {
        String code = """
                from harness import tuning
                def speed(kv, micro_batch, sampling):
                    if sampling == "device":
                        raise SystemExit("refused")
                    return {"split": 1, "unified": 2}[kv] + (0 if micro_batch == 512 else -1)
                best = tuning.tuned({"micro_batch": 512, "kv": "split", "sampling": "cpu"}, speed)
                print(tuning.described(best))
                """;
        assertThat(Harness.python(code)).containsExactly("`UNIFIED`, micro-batch 512");
    }

    /** The public page's points are measured one by one. */
    @Test
    void summary_ofSeveralRuns_hasThePointsOfAll() throws Exception {
        String code = """
                from harness import summaries
                times = {f"{p}_{key}_ms": 5 for key in ("ttft", "itl") for p in ("p50", "p99")}
                def run(point, speed):
                    systems = {name: {str(point): {"output_throughput": speed, "tokens_per_joule": 2.5, **times}}
                               for name in ("llama-server", "tokapu", "tokapu-jni")}
                    ratio = {name: {str(point): {"ideal": 0.9, "output_throughput": 1.2}} for name in systems}
                    return {"serve": {"points": [point], "median": systems, "ratio": ratio, "ideal_output_throughput": {str(point): 100},
                                      "tuned": {"llama-server": {str(point): "`SPLIT`, micro-batch 512"},
                                                "ideal": {str(point): "`UNIFIED`, micro-batch 2048"}}, "binding": "ffm",
                                      "engine_settings": [], "input": "512", "output": "128", "per_user": 3, "rounds": 2}}
                load, columns, rows = summaries.serve(run(128, 90), run(8, 50))
                print(load)
                print(columns[-1])
                for row in rows:
                    print(*row, sep="|")
                """;
        List<String> lines = Harness.python(code);
        assertThat(lines.subList(0, 2))
                .containsExactly("512 tokens in, 128 out, 3 requests per user, 2 interleaved rounds", "tokens/J");
        assertThat(lines.subList(2, lines.size()))
                .containsExactly(
                        "8|engine, FFM|50.0|0.90|1.20|5.00|5.00|5.00|5.00|2.50",
                        "8|engine, JNI|50.0|0.90|1.20|5.00|5.00|5.00|5.00|2.50",
                        "8|llama-server, `SPLIT`, micro-batch 512|50.0|0.90|1.20|5.00|5.00|5.00|5.00|2.50",
                        "8|ideal, `UNIFIED`, micro-batch 2048|100|None|None|None|None|None|None|None",
                        "128|engine, FFM|90.0|0.90|1.20|5.00|5.00|5.00|5.00|2.50",
                        "128|engine, JNI|90.0|0.90|1.20|5.00|5.00|5.00|5.00|2.50",
                        "128|llama-server, `SPLIT`, micro-batch 512|90.0|0.90|1.20|5.00|5.00|5.00|5.00|2.50",
                        "128|ideal, `UNIFIED`, micro-batch 2048|100|None|None|None|None|None|None|None");
    }
}
