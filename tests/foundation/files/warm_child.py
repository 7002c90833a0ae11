"""The warm process behind ``warm.Warm``: it has the product's readers loaded and forks for each file.

Started as ``python -I … warm_child.py ROOT SOCKET FIRST``; ``FIRST`` is a program that may break a reader, for tests.
It reads no file itself: what a file does, it does to the fork, which runs the product's own ``reading.child.main`` from
its limits to its exit code, with the file as standard input and the answer as standard output, and nothing else open.
"""

import json
import os
import signal
import socket
import sys

sys.path.insert(0, sys.argv[1])

from linli.foundation.files.reading import child
from linli.foundation.files.reading.bounds import WALL_SECONDS


def serve(asker: socket.socket) -> None:
    """Answer requests, each with the file and the place of the answer, until the asker goes."""
    exec(sys.argv[3], {})
    for task in child.TASKS:
        child.reader(task)
    while True:
        request, files, _flags, _address = socket.recv_fds(asker, 65_536, 3)
        if not request:
            return
        pid = os.fork()
        if pid == 0:
            read_one(request.decode(), files)
        for file in files:
            os.close(file)
        _pid, status, used = os.wait4(pid, 0)
        asker.send(json.dumps([os.waitstatus_to_exitcode(status), used.ru_maxrss]).encode())


def read_one(request: str, files: list[int]) -> None:
    """As a child that was started for this file; never returns."""
    code = 1
    try:
        os.setsid()
        for place, file in enumerate(files):
            os.dup2(file, place)
        os.closerange(3, 256)
        signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
        sys.argv[1:] = [request]
        child.main()
    except SystemExit as end:
        code = int(str(end.code))
    finally:
        os._exit(code)


serve(socket.socket(fileno=int(sys.argv[2])))
