"""`python -m polyveil`."""

from polyveil.cli import main

if __name__ == "__main__":
    main()
