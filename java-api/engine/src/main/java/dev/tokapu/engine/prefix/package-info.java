/**
 * Which beginnings of texts are in the KV cache: a radix tree over the tokens of live and retired sequences. Pure, as
 * {@link dev.tokapu.engine.schedule} is, which uses it.
 *
 * @since 0.1
 */
package dev.tokapu.engine.prefix;
