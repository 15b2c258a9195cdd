"""Runs the tests of one answer, each in a process of its own, and reports on each.

Usage: run_tests.py COUNT SECONDS, with the files answer and test-0 to test-(COUNT - 1) beside it.

On standard input is one line for each test: its token. A token is read only after the test has ended, and printed in
front of what became of it (pass, fail, late). So what is tested never holds the token that its own result needs, and
what it prints goes nowhere. That it came to its end, and did not just leave with status 0, it shows by the proof that
its process is to write after the test's last line.
"""

import os
import select
import signal
import sys
import time
import types

TOKEN_BYTES = 33  # 32 digits and the end of the line


def run(answer, test, proof, end):
    module = types.ModuleType("answer")
    sys.modules["answer"] = module
    exec(compile(answer, "answer", "exec"), module.__dict__)
    exec(compile(test, "test", "exec"), module.__dict__)
    os.write(end, proof)


def start(answer, test, proof, end):
    child = os.fork()
    if child != 0:
        return child
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        run(answer, test, proof, end)
    finally:
        os._exit(0)


def outcome(answer, test, seconds):
    proof = os.urandom(16)
    begin, end = os.pipe()
    child = start(answer, test, proof, end)
    os.close(end)
    deadline = time.monotonic() + seconds
    shown = b""
    while True:
        ready, _, _ = select.select([begin], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            result = "late"
            break
        part = os.read(begin, 16)
        shown += part
        if not part or len(shown) >= len(proof):
            result = "pass" if shown == proof else "fail"
            break
    os.close(begin)
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return result


def main():
    count, seconds = int(sys.argv[1]), float(sys.argv[2])
    with open("answer", "rb") as file:
        answer = file.read()
    for number in range(count):
        with open(f"test-{number}", "rb") as file:
            test = file.read()
        result = outcome(answer, test, seconds)
        token = os.read(0, TOKEN_BYTES)
        os.write(1, token.rstrip() + b" " + result.encode() + b"\n")


main()
