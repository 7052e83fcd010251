package dev.tokapu.cli.load;

/**
 * One request of a load.
 *
 * @param number its place in the load, from 0; it serves as seed as well
 * @param promptTokens the prompt; not to be changed
 * @param maxTokens the length of the answer in tokens: tokens that end an answer are to be ignored
 */
@SuppressWarnings("ArrayRecordComponent") // one long-lived copy, for thousands of prompts
public record LoadRequest(int number, int[] promptTokens, int maxTokens) {}
