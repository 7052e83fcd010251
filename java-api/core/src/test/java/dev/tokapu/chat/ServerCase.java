package dev.tokapu.chat;

import java.util.Map;

/**
 * A request to llama-server and what the model answers it.
 *
 * @param name what it is about
 * @param request the body, as OpenAI's API has it
 * @param answer what the model says
 * @param whole whether the model ends its answer, or the limit of tokens cuts it
 */
record ServerCase(String name, Map<String, Object> request, String answer, boolean whole) {}
