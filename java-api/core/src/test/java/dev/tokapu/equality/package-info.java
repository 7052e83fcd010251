/**
 * Proof that the Java API answers what llama.cpp itself answers: text, tokens, logits and perplexity against tools built
 * from the same tree, on the default model and on a tiny random one.
 */
package dev.tokapu.equality;
