"""Start Neural Explorer: ``python launch.py``; ``--help`` tells every option."""

import sys


def main() -> int:
    """Run the app; returns the exit status."""
    try:
        from explorer.command import run

        return run()
    except ImportError as error:
        print(
            f"Neural Explorer cannot start: the package {error.name!r} is missing or broken. "
            "Install with: python -m pip install -c constraints.txt -e .",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
