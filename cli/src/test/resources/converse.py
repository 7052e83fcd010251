"""FILE COMMAND...: drives `chat` through a pseudo terminal, as a person would: question, ctrl-C, commands, ctrl-D."""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

PROMPT = b"> "


class Terminal:
    def __init__(self, command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            # As from a shell, also when this runs in a build in the background, which ignores ctrl-C.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        self.seen = b""

    def expect(self, what, seconds=60):
        """Reads until `what` appears; what came before it is dropped."""
        end = time.time() + seconds
        while what not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.time()))
            if not ready:
                sys.exit("no %r within %s s; seen: %r" % (what, seconds, self.seen))
            data = os.read(self.fd, 4096)
            sys.stdout.write(data.decode("utf-8", "replace"))
            self.seen += data
        at = self.seen.index(what) + len(what)
        before, self.seen = self.seen[:at], self.seen[at:]
        return before

    def type(self, text):
        os.write(self.fd, text)


def main():
    terminal = Terminal(sys.argv[2:])
    terminal.expect(b"/help")
    terminal.expect(PROMPT)
    terminal.type(b"Tell me a long story about a dragon who lived in a mountain.\r")
    terminal.expect(b"\n")
    time.sleep(0.7)
    terminal.type(b"\x03")
    terminal.expect(PROMPT, 20)
    terminal.type(b"/stats\r")
    terminal.expect(b"interrupted")
    terminal.expect(PROMPT)
    terminal.type(b"/system You are brief.\r")
    terminal.expect(b"begins again")
    terminal.expect(PROMPT)
    terminal.type(b"\x03")
    terminal.expect(b"ctrl-D")
    terminal.expect(PROMPT)
    terminal.type(b"/reset\r")
    terminal.expect(b"begins again")
    terminal.expect(PROMPT)
    # a pasted text of two lines is one question
    terminal.type(b"\x1b[200~What is the capital\nof France?\x1b[201~\r")
    terminal.expect(b"of France?")
    terminal.expect(PROMPT)
    terminal.type(b"/stats\r")
    terminal.expect(b", 3 messages")
    terminal.expect(PROMPT)
    saved = sys.argv[1]
    terminal.type(b"/save " + saved.encode() + b"\r")
    terminal.expect(b": 3 messages")
    terminal.expect(PROMPT)
    terminal.type(b"/fork\r")
    terminal.expect(b"This is a fork")
    terminal.expect(PROMPT)
    terminal.type(b"And of Spain?\r")
    terminal.expect(b"of Spain?")
    terminal.expect(PROMPT)
    terminal.type(b"/back\r")
    terminal.expect(b"began: 3 messages")
    terminal.expect(PROMPT)
    terminal.type(b"/back\r")
    terminal.expect(b"not a fork")
    terminal.expect(PROMPT)
    terminal.type(b"/reset\r")
    terminal.expect(b"begins again")
    terminal.expect(PROMPT)
    terminal.type(b"/continue\r")
    terminal.expect(b"nothing to continue")
    terminal.expect(PROMPT)
    terminal.type(b"/load " + saved.encode() + b"\r")
    terminal.expect(b": 3 messages")
    terminal.expect(PROMPT)
    terminal.type(b"/load nowhere\r")
    terminal.expect(b"no file or folder")
    terminal.expect(PROMPT)
    terminal.type(b"/save\r")
    terminal.expect(b"Which file?")
    terminal.expect(PROMPT)
    terminal.type(b"\x04")
    _, status = os.waitpid(terminal.pid, 0)
    print("\nALL STEPS DONE, exit code %d" % os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
