package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Thorough;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RandomTypesTest {

    private static final long SEED = 20261123;
    private static final int TYPES = Thorough.cases(1000, 400, 400);
    private static final int VALUES = 3;

    @Test
    @Timeout(300)
    void parse_randomValuesOfRandomTypes_roundTrip(@TempDir Path folder) throws Exception {
        List<Class<?>> types = RandomTypes.compile(SEED, TYPES, folder);
        RandomValues values = new RandomValues(SEED);
        for (Class<?> type : types) {
            for (int i = 0; i < VALUES; i++) {
                assertRoundTrip(type, values.of(type));
            }
        }
        assertThat(types).hasSize(TYPES);
    }

    private static <T> void assertRoundTrip(Class<T> type, Object value) {
        StructuredType<T> structured = StructuredType.of(type);
        String json = structured.write(type.cast(value));
        assertThat(structured.parse(json)).as(json).isEqualTo(value);
        PartialJson partial = new PartialJson();
        partial.append(json);
        assertThat(partial.completed()).isEqualTo(json);
    }
}
