package dev.tokapu.server.llamacpp;

import java.util.Set;

/** What editors send that ask llama-server, and what has no meaning here. All other parameters that are not read are refused. */
final class Ignored {

    /** Of /infill: where and how long llama-server computes, which samplers it has in which order, and what of the response is wanted. */
    static final Set<String> INFILL = Set.of(
            "cache_prompt",
            "id_slot",
            "n_indent",
            "n_keep",
            "response_fields",
            "samplers",
            "t_max_predict_ms",
            "t_max_prompt_ms");

    private Ignored() {}
}
