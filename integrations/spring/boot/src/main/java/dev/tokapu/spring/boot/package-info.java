/**
 * Auto-configuration of Tokapu for Spring Boot: an engine from {@code spring.ai.tokapu.chat}, Spring AI's models on it, their health, meters and
 * shutdown.
 */
@NullMarked
package dev.tokapu.spring.boot;

import org.jspecify.annotations.NullMarked;
