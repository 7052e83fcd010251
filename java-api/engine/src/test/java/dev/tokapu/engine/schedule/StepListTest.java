package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class StepListTest {

    private static StepList<String> list(String... elements) {
        StepList<String> list = new StepList<>();
        list.addAll(List.of(elements));
        return list;
    }

    @Test
    void iterator_loopInALoop_seesAll() {
        StepList<String> list = list("a", "b");
        List<String> pairs = new ArrayList<>();
        for (String first : list) {
            for (String second : list) {
                pairs.add(first + second);
            }
        }
        assertThat(pairs).containsExactly("aa", "ab", "ba", "bb");
    }

    @Test
    void iterator_afterALoopThatWasLeft_beginsAnew() {
        StepList<String> list = list("a", "b");
        for (String element : list) {
            if (element.equals("a")) {
                break;
            }
        }
        assertThat(new ArrayList<>(list)).containsExactly("a", "b");
        assertThat(String.join("", list)).isEqualTo("ab");
    }

    @Test
    void iterator_afterALoopThatCameToItsEnd_isTheSame() {
        StepList<String> list = list("a");
        Iterator<String> first = list.iterator();
        while (first.hasNext()) {
            assertThat(first.next()).isEqualTo("a");
        }
        assertThatThrownBy(first::next).isInstanceOf(NoSuchElementException.class);
        assertThat(list.iterator()).isSameAs(first);
    }

    @Test
    void clear_filledAgain_hasTheNewOnes() {
        StepList<String> list = list("a", "b");
        list.clear();
        list.add("c");
        assertThat(list).containsExactly("c");
    }
}
