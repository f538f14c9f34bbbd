"""`python -m logidata_cli`, where the command is not installed."""

from logidata_cli.main import main

if __name__ == "__main__":
    main()
