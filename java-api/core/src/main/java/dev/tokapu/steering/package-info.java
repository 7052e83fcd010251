/**
 * Control vectors made from pairs of prompts: a {@link dev.tokapu.steering.ControlVectorGenerator} finds the direction in which the layers of a
 * model tell them apart. What is made is a {@link dev.tokapu.ControlVector}.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.steering;

import org.jspecify.annotations.NullMarked;
