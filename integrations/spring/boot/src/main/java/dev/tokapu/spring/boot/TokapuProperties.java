package dev.tokapu.spring.boot;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What holds for all engines.
 *
 * <p>Thread safety: immutable.
 *
 * @param shutdownTimeout time that answers have to come to their end when the application stops; less than
 *     spring.lifecycle.timeout-per-shutdown-phase
 * @since 0.1
 */
@ConfigurationProperties("spring.ai.tokapu")
public record TokapuProperties(@DefaultValue("20s") Duration shutdownTimeout) {}
