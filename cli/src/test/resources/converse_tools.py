"""SHOWN COMMAND...: drives `chat` with a tool, which is SHOWN before a call, through a pseudo terminal: each answer to the question whether a tool runs, and ctrl-C."""
import os
import sys

from converse import PROMPT, Terminal

QUESTION = b"Where is it?\r"


def ask(terminal):
    terminal.type(QUESTION)
    terminal.expect(b"I look.")
    terminal.expect(os.fsencode(sys.argv[1]))
    terminal.expect(b"Run it?")


def reset(terminal):
    terminal.type(b"/reset\r")
    terminal.expect(b"begins again")
    terminal.expect(PROMPT)


def main():
    terminal = Terminal(sys.argv[2:])
    terminal.expect(b"/help")
    terminal.expect(PROMPT)
    terminal.type(b"/tools\r")
    terminal.expect(b"find: Finds a word")
    terminal.expect(PROMPT)

    ask(terminal)
    terminal.type(b"y\r")
    terminal.expect(b"It is here.")
    terminal.expect(PROMPT)
    reset(terminal)

    ask(terminal)
    terminal.type(b"n\r")
    terminal.expect(b"the user does not allow it")
    terminal.expect(PROMPT)
    reset(terminal)

    ask(terminal)
    terminal.type(b"\x03")
    terminal.expect(PROMPT)
    reset(terminal)

    ask(terminal)
    terminal.type(b"always\r")
    terminal.expect(b"It is here.")
    terminal.expect(PROMPT)
    terminal.type(b"/tools\r")
    terminal.expect(b"without asking")
    terminal.expect(PROMPT)
    reset(terminal)

    terminal.type(QUESTION)
    terminal.expect(b"It is here.")
    terminal.expect(PROMPT)
    terminal.type(b"\x04")
    _, status = os.waitpid(terminal.pid, 0)
    print("\nALL STEPS DONE, exit code %d" % os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
