package dev.tokapu.chat;

import java.util.List;
import java.util.Map;

/**
 * An answer as a model writes it, and as llama.cpp reads it, whose template writes earlier answers in another form or none.
 *
 * @param text behind the prompt
 * @param thought that is in it
 * @param value the text that is in it; empty where there is a call
 */
record ModelForm(String text, String thought, String value) {

    static final String THOUGHT = "The user asks for Rome.";
    static final String VALUE = "{\"city\": \"Rome\"}";
    static final String ARGUMENTS = "{\"place\": \"Rome\", \"days\": 3}";

    private static final String JSON_CALL = "{\"name\": \"weather\", \"arguments\": " + ARGUMENTS + "}";
    private static final String PYTHON_CALL = "<|tool_call_start|>[weather(place=\"Rome\", days=3)]<|tool_call_end|>";
    private static final String XML_CALL = "<tool_call>\n<function=weather>\n<parameter=place>\nRome\n</parameter>\n"
            + "<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>";
    private static final String APRIEL_THOUGHT = "Here are my reasoning steps:\n" + THOUGHT; // the prompt begins it
    private static final String APRIEL_ANSWER = THOUGHT + "\n[BEGIN FINAL RESPONSE]\n";
    private static final String NEMOTRON_ANSWER = THOUGHT + "\n</think>\n";

    private static final Map<String, List<ModelForm>> FORMS = Map.of(
            // The template leaves the thought out of earlier answers, with what ends it.
            "Apriel-1.6-15b-Thinker-fixed",
            List.of(
                    new ModelForm(APRIEL_ANSWER + VALUE, APRIEL_THOUGHT, VALUE),
                    new ModelForm(APRIEL_ANSWER + "<tool_calls>[" + JSON_CALL + "]</tool_calls>", APRIEL_THOUGHT, "")),
            // Earlier answers get an empty thought of their own.
            "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16",
            List.of(
                    new ModelForm(NEMOTRON_ANSWER + VALUE, THOUGHT, VALUE),
                    new ModelForm(NEMOTRON_ANSWER + XML_CALL, THOUGHT, "")),
            // No calls in a conversation.
            "LFM2-8B-A1B",
            List.of(new ModelForm(PYTHON_CALL, "", "")),
            "LFM2.5-Instruct",
            List.of(new ModelForm(PYTHON_CALL, "", "")),
            // llama.cpp expects [ARGS] behind the name, where the template writes it behind the id alone.
            "Mistral-Small-3.2-24B-Instruct-2506",
            List.of(new ModelForm("[TOOL_CALLS]weather[ARGS][CALL_ID]call00000[ARGS]" + ARGUMENTS, "", "")));

    /** Those of a template; none where it writes earlier answers as its model does. */
    static List<ModelForm> of(String template) {
        return FORMS.getOrDefault(template, List.of());
    }
}
