#!/usr/bin/python3 -IS
"""Runs a program that changes to a user of its own where a single user is known: a sandbox of an ordinary user.

Usage: single-user.py PROGRAM ARGUMENT... The calls by which it would change its user and groups do nothing and succeed,
by a filter of system calls (seccomp(2)), so it goes on with the rights that it has.
"""

import ctypes
import os
import platform
import struct
import sys

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO = 0x7FFF0000, 0x00050000
# Of each machine its name to the kernel's audit, and the numbers of setuid, setgid, setgroups, setresuid, setresgid.
CALLS = {"x86_64": (0xC000003E, (105, 106, 116, 117, 119)), "aarch64": (0xC00000B7, (146, 144, 159, 147, 149))}
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06


def instruction(code, operand, if_true=0, if_false=0):
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def program(machine, calls):
    """A filter in classic BPF over struct seccomp_data: the number of the call at 0, the machine at 4."""
    lines = [
        instruction(LOAD, 4),
        instruction(JUMP_IF_EQUAL, machine, if_true=1),
        instruction(RETURN, SECCOMP_RET_ALLOW),
        instruction(LOAD, 0),
    ]
    for at, call in enumerate(calls):
        lines.append(instruction(JUMP_IF_EQUAL, call, if_true=len(calls) - at))
    return lines + [instruction(RETURN, SECCOMP_RET_ALLOW), instruction(RETURN, SECCOMP_RET_ERRNO)]


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def main():
    machine = platform.machine()
    if machine not in CALLS:
        sys.exit("%s: a filter of system calls isn't known for %s" % (sys.argv[1], machine))
    lines = program(*CALLS[machine])
    text = ctypes.create_string_buffer(b"".join(lines))
    loaded = Filter(len(lines), ctypes.addressof(text))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(loaded), 0, 0) != 0:
        sys.exit("%s: no filter of system calls: %s" % (sys.argv[1], os.strerror(ctypes.get_errno())))
    os.execvp(sys.argv[1], sys.argv[1:])


main()
