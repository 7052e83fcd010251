package dev.tokapu.server.batches;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchUsageTest {

    private static BatchUsage of(String body) {
        String line = "{\"id\":\"batch_req_1\",\"custom_id\":\"response\",\"response\":{\"status_code\":200,\"body\":"
                + body.replace('\'', '"') + "},\"error\":null}";
        return BatchUsage.ofLine(line.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'choices':[{'usage':{'prompt_tokens':99}}],'usage':{'prompt_tokens':3,'completion_tokens':4,'total_tokens':7,"
                        + "'prompt_tokens_details':{'x':[1],'cached_tokens':2},'completion_tokens_details':{'reasoning_tokens':1}}} | 3 | 2 | 4 | 1",
                "{'usage':{'input_tokens':3,'input_tokens_details':{'cached_tokens':2,'more':{}},'output_tokens':4,"
                        + "'output_tokens_details':{'reasoning_tokens':1},'total_tokens':7}} | 3 | 2 | 4 | 1",
                "{'usage':{'prompt_tokens':5,'total_tokens':5}} | 5 | 0 | 0 | 0",
                "{'usage':null} | 0 | 0 | 0 | 0",
                "{'error':{'usage':{'prompt_tokens':5}}} | 0 | 0 | 0 | 0",
                "'text' | 0 | 0 | 0 | 0",
            })
    void usage_isReadInTheWordsOfEachApi(String body, long input, long cached, long output, long reasoning) {
        assertThat(of(body)).isEqualTo(new BatchUsage(input, cached, output, reasoning));
    }

    @Test
    void lineWithoutAnAnswer_tookNothing() {
        assertThat(BatchUsage.ofLine("{\"response\":null,\"error\":{}}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(BatchUsage.NONE);
        assertThat(BatchUsage.ofLine("{\"resp".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(BatchUsage.NONE);
    }
}
