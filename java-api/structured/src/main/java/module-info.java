/** Typed answers: {@link dev.tokapu.structured.StructuredType} makes schema, grammar and value of a Java type. Tools with types. */
@org.jspecify.annotations.NullMarked
module dev.tokapu.structured {
    requires static transitive org.jspecify;
    requires transitive dev.tokapu;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.datatype.jdk8;
    requires com.fasterxml.jackson.datatype.jsr310;
    requires jakarta.validation;
    requires org.slf4j; // of the validator, which is part of the jar

    exports dev.tokapu.structured;

    provides dev.tokapu.chat.AnswerTypes with
            dev.tokapu.structured.StructuredTypes;
    provides dev.tokapu.tool.ToolTypes with
            dev.tokapu.structured.StructuredTools;
}
