package dev.tokapu.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.TinyGguf;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Changed files are made of one that stays as it is. */
class GgufMutatorTest {

    @Test
    void partsOfAFile_makeTheSameFile() {
        byte[] file = TinyGguf.builder().build().bytes();
        assertThat(GgufParts.of(file).bytes()).isEqualTo(file);
    }

    @Test
    void mutated_manyTimes_leavesTheFileAsItIs() {
        byte[] file = TinyGguf.builder().build().bytes();
        GgufParts parts = GgufParts.of(file);
        Set<Integer> changed = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            changed.add(Arrays.hashCode(new GgufMutator(new Random(i)).mutated(parts)));
        }
        assertThat(parts.bytes()).isEqualTo(file);
        assertThat(changed).hasSizeGreaterThan(250);
    }

    @Test
    void mutated_sameNumbers_isTheSameFile() {
        GgufParts parts = GgufParts.of(TinyGguf.builder().build().bytes());
        byte[] once = new GgufMutator(new Random(7)).mutated(parts);
        assertThat(new GgufMutator(new Random(7)).mutated(parts)).isEqualTo(once);
    }
}
