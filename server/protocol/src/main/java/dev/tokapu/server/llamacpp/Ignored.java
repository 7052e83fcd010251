package dev.tokapu.server.llamacpp;

import java.util.Set;

/** What editors send that ask llama-server, and what has no meaning here. All other parameters that are not read are refused. */
final class Ignored {

    /** Of /infill: where and how long llama-server computes. */
    static final Set<String> INFILL =
            Set.of("cache_prompt", "id_slot", "n_indent", "n_keep", "t_max_predict_ms", "t_max_prompt_ms");

    /** Of /completion: which computed tokens it uses, which are kept here anyway, and what is dropped when the context is full. */
    static final Set<String> COMPLETION = Set.of("cache_prompt", "id_slot", "n_discard", "n_keep");

    private Ignored() {}
}
