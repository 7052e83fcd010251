package dev.tokapu.mcp;

import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;

/** A request of HTTP that is not answered with a message: its status, and the error of JSON-RPC that the client gets. */
final class HttpRefusal extends IOException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final int code;

    HttpRefusal(int status, int code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    HttpRefusal(int status, String message) {
        this(status, McpSchema.ErrorCodes.INVALID_REQUEST, message);
    }

    int status() {
        return status;
    }

    int code() {
        return code;
    }
}
