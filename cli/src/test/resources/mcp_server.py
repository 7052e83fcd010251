"""An MCP server over standard input and output, without any SDK, with the tool of ScriptedTools, or one of the name in the arguments; "end" ends it."""
import json
import sys

NAME = sys.argv[1] if len(sys.argv) > 1 else "find"
TOOL = {"name": NAME, "description": "Finds a word",
        "inputSchema": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}}


def result(method, params):
    if method == "initialize":
        return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}},
                "serverInfo": {"name": "python", "version": "1"}}
    if method == "tools/list":
        return {"tools": [TOOL]}
    if method == "tools/call" and NAME == "end":
        sys.exit()
    if method == "tools/call":
        return {"content": [{"type": "text", "text": "found " + params["arguments"]["word"]}], "isError": False}
    return {}


for line in sys.stdin:
    message = json.loads(line)
    if "id" in message:
        answer = {"jsonrpc": "2.0", "id": message["id"], "result": result(message["method"], message.get("params", {}))}
        print(json.dumps(answer), flush=True)
