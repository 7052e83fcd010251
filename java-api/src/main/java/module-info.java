/** Tokapu: llama.cpp for Java. Begin at {@link dev.tokapu.Model}. */
@org.jspecify.annotations.NullMarked
module dev.tokapu {
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires dev.tokapu.spi;
    requires org.slf4j;

    exports dev.tokapu;
    exports dev.tokapu.chat;
    exports dev.tokapu.gguf;
    exports dev.tokapu.sampling;
}
