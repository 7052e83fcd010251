package dev.tokapu.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionEventTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'choices':[{'delta':{'content':'a'},'finish_reason':null}]}",
                "{'choices':[{'delta':{'role':'assistant','content':'a'}}]}",
                "{'choices':[{'delta':{'content':''},'finish_reason':null}]}",
                "{'choices':[{'delta':{'reasoning_content':'a'}}]}",
                "{'choices':[{'text':'a','logprobs':null,'finish_reason':null}]}",
                "{'choices':[{'text':'a','finish_reason':'length'}]}"
            })
    void piece_isOne(String json) throws Exception {
        assertThat(CompletionEvent.parse(json.replace('\'', '"')).hasTokens()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'choices':[{'delta':{'role':'assistant','content':''},'finish_reason':null}]}",
                "{'choices':[{'delta':{'role':'assistant','content':null}}]}",
                "{'choices':[{'delta':{},'finish_reason':'stop'}]}",
                "{'choices':[{'text':'','finish_reason':'length'}]}",
                "{'choices':[],'usage':{'prompt_tokens':1,'completion_tokens':2}}"
            })
    void roleEndAndUsage_areNoPieces(String json) throws Exception {
        assertThat(CompletionEvent.parse(json.replace('\'', '"')).hasTokens()).isFalse();
    }

    @Test
    void usage_isRead() throws Exception {
        assertThat(CompletionEvent.parse("{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}"))
                .isEqualTo(new CompletionEvent(false, 7, 3, ""));
    }

    @Test
    void error_isTheWholeEvent() throws Exception {
        String json = "{\"error\":{\"message\":\"no\"}}";
        assertThat(CompletionEvent.parse(json).error()).isEqualTo(json);
    }

    @Test
    void otherText_isRefused() {
        assertThatThrownBy(() -> CompletionEvent.parse("{oops")).isInstanceOf(JsonParseException.class);
    }
}
