package dev.tokapu.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufSplitTest {

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void write() {
        model = TinyGguf.write(
                folder.resolve("x.gguf"), TinyGguf.builder().build().bytes());
    }

    @Test
    void merge_ofWhatWasSplit_hasTheSameTensorsAndMetadata() {
        for (GgufSplit split : List.of(
                GgufSplit.byTensors(4),
                GgufSplit.byBytes(50_000),
                GgufSplit.byBytes(1).withMetadataApart(),
                GgufSplit.byTensors(1000))) {
            List<Path> parts = split.split(model, folder.resolve("part"));
            Path merged = folder.resolve("merged.gguf");
            GgufSplit.merge(parts.get(parts.size() - 1), merged);
            GgufDiff diff = GgufDiff.of(model, merged);
            assertThat(diff.tensors()).isEmpty();
            assertThat(diff.metadata())
                    .extracting(GgufDiff.Difference::name)
                    .containsExactlyInAnyOrder("split.no", "split.count", "split.tensors.count");
        }
    }

    @Test
    void split_otherAlignment_keepsIt() {
        Path aligned = folder.resolve("aligned.gguf");
        GgufBuilder builder = new GgufBuilder().put("general.alignment", MetadataValue.of(MetadataType.UINT32, 256));
        for (int i = 0; i < 3; i++) {
            builder.tensor("t" + i, TensorType.F32, List.of(3L), TensorData.of(i, i, i));
        }
        builder.write(aligned);
        List<Path> parts = GgufSplit.byTensors(1).split(aligned, folder.resolve("a"));
        assertThat(parts)
                .hasSize(3)
                .allSatisfy(part -> assertThat(GgufFile.open(part).alignment()).isEqualTo(256));
        GgufSplit.merge(parts.get(0), folder.resolve("b.gguf"));
        assertThat(GgufDiff.of(aligned, folder.resolve("b.gguf")).tensors()).isEmpty();
    }

    @Test
    void merge_partMissingOrOfAnotherModel_saysWhich() throws IOException {
        List<Path> parts = GgufSplit.byTensors(8).split(model, folder.resolve("p"));
        Path merged = folder.resolve("merged.gguf");
        Files.copy(parts.get(0), folder.resolve("saved"));
        Files.move(parts.get(1), parts.get(0), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> GgufSplit.merge(parts.get(2), merged))
                .withMessageContaining("split.no 1 in place of 0");
        Files.move(folder.resolve("saved"), parts.get(0), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> GgufSplit.merge(parts.get(0), merged))
                .withMessageContaining("p-00002-of-00003.gguf does not exist");
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> GgufSplit.merge(model, merged))
                .withMessageContaining("no file of a split model");
        assertThat(merged).doesNotExist();
    }

    @Test
    void split_cancelled_leavesNoPart() {
        Path parts = folder.resolve("parts");
        assertThat(parts.toFile().mkdir()).isTrue();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() ->
                        GgufSplit.byTensors(4).split(model, parts.resolve("x"), (done, total) -> done < total / 2));
        assertThat(parts).isEmptyDirectory();
    }

    @Test
    void split_progress_growsOverAllFilesToTheEnd() {
        Path large = folder.resolve("large.gguf");
        GgufBuilder builder = new GgufBuilder().put("text", MetadataValue.text("x".repeat(6 << 20)));
        for (int i = 0; i < 3; i++) {
            builder.tensor("t" + i, TensorType.I8, List.of(5L << 20), TensorData.of(ByteBuffer.allocate(5 << 20)));
        }
        builder.write(large);
        List<Long> told = new ArrayList<>();
        List<Path> parts = GgufSplit.byTensors(1).split(large, folder.resolve("l"), (done, total) -> {
            told.add(done);
            return true;
        });
        long written = parts.stream().mapToLong(part -> part.toFile().length()).sum();
        assertThat(told)
                .isSorted()
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(3)
                .endsWith(written);
    }

    @Test
    void split_ontoTheModel_isRefusedBeforeAnythingIsWritten() throws IOException {
        byte[] bytes = Files.readAllBytes(model);
        for (int number = 1; number <= 3; number++) {
            Path named = Files.move(model, folder.resolve("m-0000" + number + "-of-00003.gguf"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> GgufSplit.byTensors(8).split(named, folder.resolve("m")))
                    .withMessageContaining(named + " is the model itself");
            assertThat(folder).isDirectoryContaining(named::equals);
            assertThat(folder.toFile().list()).hasSize(1);
            assertThat(named).hasBinaryContent(bytes);
            model = named;
        }
    }

    @Test
    void split_ontoALinkToTheModel_isRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(model);
        Files.createSymbolicLink(folder.resolve("m-00002-of-00003.gguf"), model);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GgufSplit.byTensors(8).split(model, folder.resolve("m")))
                .withMessageContaining("m-00002-of-00003.gguf is the model itself");
        assertThat(model).hasBinaryContent(bytes);
        assertThat(folder.resolve("m-00001-of-00003.gguf")).doesNotExist();
    }

    @Test
    void merge_ontoAPart_isRefused() throws IOException {
        List<Path> parts = GgufSplit.byTensors(8).split(model, folder.resolve("p"));
        for (Path part : parts) {
            byte[] bytes = Files.readAllBytes(part);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> GgufSplit.merge(parts.get(0), part))
                    .withMessageContaining(part + " is a file of the split model");
            assertThat(part).hasBinaryContent(bytes);
        }
    }

    @Test
    void limits_impossible_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> GgufSplit.byTensors(0));
        assertThatIllegalArgumentException().isThrownBy(() -> GgufSplit.byBytes(-1));
    }
}
