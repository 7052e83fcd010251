package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_BUFFER;
import static dev.tokapu.spi.Status.ERROR_TEMPLATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateContractIT extends Contract {

    private static final String HELLO = "{\"messages\":[{\"role\":\"user\",\"content\":\"h\u00e9llo \ud83d\ude00\"}]}";

    private long model;

    @BeforeEach
    void load() {
        model = model();
    }

    private int apply(long template, String request) {
        return api.chatTemplates().apply(template, utf8(request), new byte[10_000], new int[1]);
    }

    private String rendered(long template, String request) {
        byte[] buf = new byte[10_000];
        int[] length = new int[1];
        ok(api.chatTemplates().apply(template, utf8(request), buf, length));
        return string(buf, length[0]);
    }

    @Test
    void chatTemplateSource_ofTheModel_isTheMetadata() {
        long template = chatTemplate(model, "");
        assertThat(text((buf, length) -> api.chatTemplates().source(template, buf, length)))
                .isEqualTo(TinyGguf.CHAT_TEMPLATE);
    }

    @Test
    void chatTemplateSource_given_isThatOne() {
        String source = "{{ messages[0]['content'] }} \u4e2d";
        long template = chatTemplate(model, source);
        assertThat(text((buf, length) -> api.chatTemplates().source(template, buf, length)))
                .isEqualTo(source);
    }

    @Test
    void chatTemplateCaps_always_isAJsonObject() {
        long template = chatTemplate(model, "");
        assertThat(text((buf, length) -> api.chatTemplates().caps(template, buf, length)))
                .startsWith("{")
                .endsWith("}")
                .contains("supports_tools");
    }

    @Test
    void chatTemplateApply_conversation_isRendered() {
        long template = chatTemplate(model, "");
        assertThat(rendered(template, HELLO))
                .contains(
                        "\"prompt\":\"<|im_start|>user\\nh\u00e9llo \ud83d\ude00<|im_end|>\\n<|im_start|>assistant\\n\"");
    }

    @Test
    void chatTemplateApply_noGenerationPrompt_endsWithTheMessage() {
        long template = chatTemplate(model, "");
        assertThat(rendered(template, HELLO.replace("]}", "],\"add_generation_prompt\":false}")))
                .contains("\"prompt\":\"<|im_start|>user\\nh\u00e9llo \ud83d\ude00<|im_end|>\\n\"");
    }

    @Test
    void chatTemplateApply_arguments_areVariables() {
        long template = chatTemplate(model, "{{ greeting }} {{ messages[0]['content'] }}");
        assertThat(rendered(template, HELLO.replace("]}", "],\"chat_template_kwargs\":{\"greeting\":\"Ahoy\"}}")))
                .contains("Ahoy h\u00e9llo");
    }

    @Test
    void chatTemplateApply_bufferTooSmall_keepsTheTextOnce() {
        long template = chatTemplate(model, "");
        String expected = rendered(template, HELLO);
        int needed = utf8(expected).length;
        int[] length = new int[1];

        refused(ERROR_BUFFER, api.chatTemplates().apply(template, utf8(HELLO), new byte[5], length), "" + needed);
        assertThat(length[0]).isEqualTo(needed);
        byte[] buf = new byte[needed];
        ok(api.chatTemplates().cachedText(buf, length));
        assertThat(string(buf, length[0])).isEqualTo(expected);
        ok(api.chatTemplates().cachedText(buf, length));
        assertThat(length[0]).isZero();
    }

    @Test
    void cachedText_otherThread_seesNothing() throws InterruptedException {
        long template = chatTemplate(model, "");
        int[] length = new int[1];
        assertThat(api.chatTemplates().apply(template, utf8(HELLO), new byte[5], length))
                .isEqualTo(ERROR_BUFFER);
        int needed = length[0];
        int[] seen = {-1};
        Thread thread = new Thread(() -> api.chatTemplates().cachedText(new byte[1000], seen));
        thread.start();
        thread.join();
        assertThat(seen[0]).isZero();
        ok(api.chatTemplates().cachedText(new byte[needed], length));
        assertThat(length[0]).isEqualTo(needed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{not json",
                "[]",
                "{}",
                "{\"messages\":[]}",
                "{\"messages\":{}}",
                "{\"messages\":[{}]}",
                "{\"messages\":[5]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":5}]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"add_generation_prompt\":\"yes\"}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":5}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tool_choice\":\"sometimes\"}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"chat_template_kwargs\":[]}"
            })
    void chatTemplateApply_badRequest_isAnErrorOfTheTemplate(String request) {
        refused(ERROR_TEMPLATE, apply(chatTemplate(model, ""), request));
    }

    @Test
    void chatTemplateNew_malformed_isRefused() {
        refused(ERROR_TEMPLATE, api.chatTemplates().create(model, utf8("{% if %}"), new long[1]), "template");
        refused(ERROR_TEMPLATE, api.chatTemplates().create(model, utf8("{{ unclosed"), new long[1]));
    }

    @Test
    void chatTemplateApply_templateThatRaises_tellsItsMessage() {
        long template = chatTemplate(
                model, "{% if messages[0]['content'] == 'boom' %}{{ raise_exception('no such luck') }}{% endif %}ok");
        refused(
                ERROR_TEMPLATE,
                apply(template, "{\"messages\":[{\"role\":\"user\",\"content\":\"boom\"}]}"),
                "no such luck");
        assertThat(rendered(template, HELLO)).contains("ok");
    }

    @Test
    void chatTemplateNew_modelWithoutOne_isAnError(@TempDir Path temp) {
        long bare = model(TinyGguf.builder().chatTemplate(null).build().write(temp.resolve("bare.gguf")));
        refused(ERROR_TEMPLATE, api.chatTemplates().create(bare, new byte[0], new long[1]), "no chat template");
        chatTemplate(bare, TinyGguf.CHAT_TEMPLATE);
    }

    @Test
    void chatTemplate_modelFreedFirst_worksOn() {
        long template = chatTemplate(model, "");
        ok(api.models().free(model));
        assertThat(rendered(template, HELLO)).contains("<|im_start|>user");
    }

    @Test
    void chatTemplate_fourThreads_renderTheSame() throws InterruptedException {
        long template = chatTemplate(model, "");
        String expected = rendered(template, HELLO);
        java.util.Set<String> seen = java.util.concurrent.ConcurrentHashMap.newKeySet();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 100; i++) {
                    seen.add(rendered(template, HELLO));
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(seen).containsExactly(expected);
    }
}
