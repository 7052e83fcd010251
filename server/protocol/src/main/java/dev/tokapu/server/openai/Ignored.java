package dev.tokapu.server.openai;

import java.util.Set;

/** What OpenAI's clients send and what has no meaning here. All other parameters that are not read are refused. */
final class Ignored {

    /**
     * Of a request: who asks, for OpenAI's own bookkeeping, where {@code user} and {@code prompt_cache_key} are read if a key allows it; and
     * llama-server's {@code cache_prompt}, as computed tokens are kept anyway.
     */
    static final Set<String> PARAMETERS =
            Set.of("cache_prompt", "metadata", "prompt_cache_options", "prompt_cache_retention", "safety_identifier");

    /** Of {@code stream_options}: padding against listeners that guess by the length of events. */
    static final Set<String> STREAM_OPTIONS = Set.of("include_obfuscation");

    /** Of a message: what a client sends back of an answer that it got. */
    static final Set<String> MESSAGE = Set.of("name", "annotations", "refusal", "audio");

    /** Of a part of a message: where OpenAI's cache may cut. */
    static final Set<String> PART = Set.of("prompt_cache_breakpoint");

    /** Of a function: a schema always holds here. */
    static final Set<String> FUNCTION = Set.of("strict");

    private Ignored() {}
}
