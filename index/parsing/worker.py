"""A parser process: it imports the parsing libraries once and forks a child for each file.

Run as `python -m index.parsing.worker`. Requests come on standard input, one for each file;
answers go to standard output; both are a length of four bytes and JSON. If a file crashes its
parser, only the child ends. Starting a child costs milliseconds.
"""

import ctypes
import json
import os
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Never

from index.document_json import document_as_json
from index.parsing.formats import load, prepare
from index.parsing.formats.base import Piece, Source
from index.parsing.limits import Limits
from index.parsing.skip_reasons import Reason, SkipFileError

Message = dict[str, Any]
_LENGTH = struct.Struct(">I")
_OUT_OF_MEMORY = 41
_ALARM_AFTER = 10
_PR_SET_PDEATHSIG = 1


def write_message(file: IO[bytes], message: Message) -> None:
    """Send a message."""
    body = json.dumps(message).encode()
    file.write(_LENGTH.pack(len(body)))
    file.write(body)
    file.flush()


def read_message(file: IO[bytes]) -> Message | None:
    """The next message, or None when there will be no more."""
    head = file.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = file.read(length)
    if len(body) < length:
        return None
    message: Message = json.loads(body)
    return message


def main() -> None:
    """Answer requests until the input ends.

    Interrupts are ignored here: the process that sends the requests ends this one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (request := read_message(sys.stdin.buffer)) is not None:
        limits = Limits(**request["limits"])
        source = Source(request["name"], Path(os.fsdecode(bytes.fromhex(request["path"]))), limits)
        _read_all(source)
        write_message(sys.stdout.buffer, {"end": True})


def _read_all(source: Source) -> None:
    """Read every document in a file; if a child is stopped, only its current one is lost."""
    with suppress(OSError):  # a child reports the error
        prepare(source)
    begun: set[str] = set()
    while True:
        before = len(begun)
        part = ""
        for message in _child(source, begun):
            if "begin" in message:
                part = message["begin"]
                begun.add(part)
            elif "stopped" in message:
                skipped = {"part": part, "reason": message["stopped"], "detail": message["detail"]}
                write_message(sys.stdout.buffer, {"skipped": skipped})
                break
            else:
                part = ""
                write_message(sys.stdout.buffer, message)
        else:
            return
        if len(begun) == before:
            return  # it was stopped between two documents, where it would be stopped again


def _child(source: Source, begun: set[str]) -> Iterator[Message]:
    """A child's messages about all documents but those `begun`; the last may be an error."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(readable)
        _speak(source, begun, writable)
    os.close(writable)
    reason: Message | None = None
    with os.fdopen(readable, "rb", buffering=0) as pipe:
        while reason is None:
            message = _in_time(pipe, source.limits.seconds)
            if message is None:
                break
            if "stopped" in message:
                reason = message
            else:
                yield message
    if reason is not None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if reason is None and code in {_OUT_OF_MEMORY, -signal.SIGKILL}:
        reason = {"stopped": Reason.TOO_MUCH_MEMORY, "detail": _megabytes(source.limits.memory)}
    if reason is None and code != 0:
        told = f"signal {-code}" if code < 0 else f"exit {code}"
        reason = {"stopped": Reason.STOPPED, "detail": told}
    if reason is not None:
        yield reason


def _in_time(pipe: IO[bytes], seconds: float) -> Message | None:
    """A child's next message, None when it has ended, or "stopped" if it is too slow."""
    late: Message = {"stopped": Reason.TOO_SLOW, "detail": f"{seconds:g} s"}
    deadline = time.monotonic() + seconds
    head = _take(pipe, _LENGTH.size, deadline)
    if head is None:
        return late
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = _take(pipe, length, deadline)
    if body is None:
        return late
    if len(body) < length:
        return None
    message: Message = json.loads(body)
    return message


def _take(pipe: IO[bytes], length: int, deadline: float) -> bytes | None:
    """Read `length` bytes: fewer if the pipe ended, None if they did not arrive in time."""
    taken = bytearray()
    while len(taken) < length:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            return None
        some = pipe.read(min(length - len(taken), 1 << 20))
        if not some:
            break
        taken += some
    return bytes(taken)


def _speak(source: Source, begun: set[str], writable: int) -> Never:
    """Run in the child: read documents and send them to the parent.

    An alarm ends the child if the parent, which enforces the time limit, is gone.
    """
    code = 1
    try:
        _end_with_parent()
        _be_limited(source.limits)
        with os.fdopen(writable, "wb") as pipe:
            signal.alarm(alarm := int(source.limits.seconds) + _ALARM_AFTER)
            for message in _messages(source, begun):
                signal.alarm(0)  # the parent may take long to read it
                write_message(pipe, message)
                signal.alarm(alarm)
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    except BrokenPipeError:
        code = 0
    finally:
        os._exit(code)


def _end_with_parent() -> None:
    """Have Linux end this process when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _be_limited(limits: Limits) -> None:
    ceiling = _data_in_use() + limits.memory
    for kind in (resource.RLIMIT_DATA, resource.RLIMIT_CORE):
        wanted = 0 if kind == resource.RLIMIT_CORE else ceiling
        _, hard = resource.getrlimit(kind)
        top = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (top, top))
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # libraries must not print into the messages
        os.dup2(null, descriptor)


def _data_in_use() -> int:
    """The bytes of data this process has, as the limit counts them."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _messages(source: Source, begun: set[str]) -> Iterator[Message]:
    try:
        for piece in load(source):
            if piece.part in begun:
                continue
            yield {"begin": piece.part}
            yield _said_of(piece, source.limits)
    except SkipFileError as skip:
        yield {"skipped": {"part": "", "reason": skip.reason, "detail": skip.detail}}
    except FileNotFoundError:
        yield {"skipped": {"part": "", "reason": Reason.MISSING, "detail": "gone while being read"}}


def _said_of(piece: Piece, limits: Limits) -> Message:
    try:
        document = piece.document()
    except SkipFileError as skip:
        return {"skipped": {"part": piece.part, "reason": skip.reason, "detail": skip.detail}}
    if len(document.text) > limits.characters:
        detail = f"{len(document.text):,} characters"
        return {"skipped": {"part": piece.part, "reason": Reason.TOO_LARGE, "detail": detail}}
    return {"part": piece.part, "document": document_as_json(document)}


def _megabytes(count: int) -> str:
    return f"{count // 1_000_000} MB"


if __name__ == "__main__":
    main()
