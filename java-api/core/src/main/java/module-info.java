/** Tokapu: llama.cpp for Java. Begin at {@link dev.tokapu.Model}. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // the modules that internals are exported to are compiled later
module dev.tokapu {
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires dev.tokapu.spi;
    requires org.slf4j;

    exports dev.tokapu;
    exports dev.tokapu.chat;
    exports dev.tokapu.classification;
    exports dev.tokapu.completion;
    exports dev.tokapu.device;
    exports dev.tokapu.embedding;
    exports dev.tokapu.exception;
    exports dev.tokapu.gguf;
    exports dev.tokapu.quantize;
    exports dev.tokapu.ranking;
    exports dev.tokapu.sampling;
    exports dev.tokapu.source;
    exports dev.tokapu.steering;
    exports dev.tokapu.text;
    exports dev.tokapu.tool;
    exports dev.tokapu.internal.disk to
            dev.tokapu.engine,
            dev.tokapu.server.protocol;
    exports dev.tokapu.internal.grammar to
            dev.tokapu.structured;
    exports dev.tokapu.internal.text to
            dev.tokapu.engine;
    exports dev.tokapu.internal.util to
            dev.tokapu.engine,
            dev.tokapu.hub,
            dev.tokapu.server.protocol,
            dev.tokapu.structured;

    uses dev.tokapu.chat.AnswerTypes;
    uses dev.tokapu.source.RemoteModels;
    uses dev.tokapu.tool.ToolTypes;
}
