"""The command line: thin faces over the Python functions, with one way of failing.

Exit 0: answered. Exit 2: the input is at fault, said once on stderr. Exit 1: our bug, with the traceback.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `detente` and leave the process with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; errors go to stderr."""
    from detente.cli import _app
    from detente.errors import UserError

    try:
        return _app.invoke(arguments)
    except UserError as error:
        print(_app.told(error), file=sys.stderr)
        return 2
    except BrokenPipeError:
        # whoever read us has gone; keep the interpreter from saying so again when it closes stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return _bug()
        print("Error: the disk is full.", file=sys.stderr)
        return 2
    except Exception:
        return _bug()


def _bug() -> int:
    """Show the traceback of the error at hand."""
    import traceback

    traceback.print_exc()
    print("This is a bug in detente, not in your input. Please report it with the text above.", file=sys.stderr)
    return 1
