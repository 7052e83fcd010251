/** Tokapu as a model provider of Quarkus LangChain4j: configuration, beans, health, metrics and shutdown of the engines. */
@NullMarked
package dev.tokapu.quarkus;

import org.jspecify.annotations.NullMarked;
