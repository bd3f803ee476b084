import sys

from app.cli.main import build

build(sys.argv[1:])(prog_name="huixiang")
