package dev.tokapu.server.anthropic;

import java.util.Set;

/** What Anthropic's clients send and what has no meaning here. All other parameters that are not read are refused. */
final class Ignored {

    /** Of a request: computed tokens are kept without being asked for, contexts are not edited, and the place is this server. */
    static final Set<String> PARAMETERS = Set.of("cache_control", "context_management", "inference_geo");

    /** Of a block of text: citations are what a client sends back of an answer that it got. */
    static final Set<String> TEXT = Set.of("cache_control", "citations");

    /** Of a thought: who signed it. */
    static final Set<String> THINKING = Set.of("signature");

    /** Of a tool call that is sent back, and of its result. */
    static final Set<String> CALL = Set.of("cache_control", "caller");

    /** Of a tool: a schema always holds here, and arguments are always streamed. */
    static final Set<String> TOOL = Set.of("cache_control", "eager_input_streaming", "strict");

    /** Of a message of the assistant: a thought that Anthropic alone can read. */
    static final String REDACTED = "redacted_thinking";

    private Ignored() {}
}
