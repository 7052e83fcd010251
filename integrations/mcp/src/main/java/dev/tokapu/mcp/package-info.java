/**
 * The Model Context Protocol (MCP): {@link dev.tokapu.mcp.McpClient} brings tools of servers into chats, {@link dev.tokapu.mcp.McpToolServer}
 * offers tools to other programs, {@link dev.tokapu.mcp.ModelTools} are those of a model.
 */
@NullMarked
package dev.tokapu.mcp;

import org.jspecify.annotations.NullMarked;
