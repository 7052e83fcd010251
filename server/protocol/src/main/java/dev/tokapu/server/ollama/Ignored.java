package dev.tokapu.server.ollama;

import java.util.Set;

/** What Ollama's clients send and what has no meaning here. All other parameters that are not read are refused. */
final class Ignored {

    /** Of {@code options}: how Ollama loads a model; here who starts the server says so. */
    static final Set<String> OPTIONS = Set.of(
            "f16_kv",
            "low_vram",
            "main_gpu",
            "num_batch",
            "num_gpu",
            "num_keep",
            "num_thread",
            "numa",
            "use_mlock",
            "use_mmap");

    /** Of {@code /api/pull}: from where Ollama would download. */
    static final Set<String> PULL = Set.of("insecure", "username", "password");

    /** Of a function and of its call: names that tell no more here. */
    static final Set<String> CALL = Set.of("type", "index");

    private Ignored() {}
}
