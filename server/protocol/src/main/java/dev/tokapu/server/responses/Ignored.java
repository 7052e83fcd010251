package dev.tokapu.server.responses;

import java.util.Set;

/** What OpenAI's clients send and what has no meaning here. All other parameters that are not read are refused. */
final class Ignored {

    /** Of a request: for OpenAI's own bookkeeping; computed tokens are kept anyway. */
    static final Set<String> PARAMETERS =
            Set.of("cache_prompt", "prompt_cache_options", "prompt_cache_retention", "safety_identifier");

    /** Of {@code stream_options}: padding against listeners that guess by the length of events. */
    static final Set<String> STREAM_OPTIONS = Set.of("include_obfuscation");

    /** Of {@code include}: thoughts are always given as text. */
    static final String ENCRYPTED = "reasoning.encrypted_content";

    /** Of a message: for whom it is. */
    static final Set<String> MESSAGE = Set.of("phase");

    /** Of a part of a message: what a client sends back of an answer that it got, and where OpenAI's cache may cut. */
    static final Set<String> PART = Set.of("annotations", "logprobs", "prompt_cache_breakpoint");

    /** Of a thought: what only OpenAI can read. */
    static final Set<String> REASONING = Set.of("encrypted_content");

    /** Of a call: whose it is. */
    static final Set<String> CALL = Set.of("caller");

    /** Of the result of a call: what the call says already. */
    static final Set<String> RESULT = Set.of("caller", "name");

    private Ignored() {}
}
