/** llama.h, ggml-backend.h, gguf.h and mtmd.h as jextract sees them, for those who need a C function that Tokapu does not wrap. */
@org.jspecify.annotations.NullMarked
module dev.tokapu.raw {
    requires dev.tokapu.spi;
    requires static org.jspecify;

    exports dev.tokapu.raw;
}
