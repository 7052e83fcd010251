/**
 * The C functions of llama.h, ggml-backend.h, gguf.h and mtmd.h, for those who need one that Tokapu does not wrap.
 *
 * <p>{@link dev.tokapu.raw.Llama} holds the functions and constants, the other classes the structs and callbacks under their C
 * names. The package is generated from the headers of the release that Tokapu pins and changes with it. Nothing is checked
 * here: a wrong argument, a freed pointer or a failed assertion ends the JVM.
 *
 * <p>{@link dev.tokapu.raw.RawLibraries} loads the libraries at the first use. A program has to load the compute backends itself:
 *
 * {@snippet class="dev.tokapu.raw.Snippets" region="vocabularySize"}
 *
 * <p>{@code size_t} and {@code int64_t} are {@code long} on every platform; {@code bool} is {@code boolean}; a struct that is
 * returned by value takes an allocator as first argument.
 */
package dev.tokapu.raw;
