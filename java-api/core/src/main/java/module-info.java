/** Tokapu: llama.cpp for Java. Begin at {@link dev.tokapu.Model}. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // the modules that internals are exported to are compiled later
module dev.tokapu {
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.datatype.jdk8;
    requires com.fasterxml.jackson.datatype.jsr310;
    requires com.networknt.schema;
    requires jakarta.validation;
    requires dev.tokapu.spi;
    requires org.slf4j;

    exports dev.tokapu;
    exports dev.tokapu.chat;
    exports dev.tokapu.completion;
    exports dev.tokapu.device;
    exports dev.tokapu.exception;
    exports dev.tokapu.gguf;
    exports dev.tokapu.sampling;
    exports dev.tokapu.source;
    exports dev.tokapu.structured;
    exports dev.tokapu.text;
    exports dev.tokapu.internal.text to
            dev.tokapu.engine;
    exports dev.tokapu.internal.util to
            dev.tokapu.engine;

    uses dev.tokapu.chat.AnswerTypes;

    provides dev.tokapu.chat.AnswerTypes with
            dev.tokapu.structured.StructuredTypes;
}
