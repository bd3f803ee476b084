"""PostgreSQL refuses to run as root. Who runs it instead, when root is all there is.

First choice: a user namespace in which root's own files belong to nobody; no file changes hands and no
folder is opened to others. Where the kernel or a container's seccomp profile forbids that, a real
account does it, with the binaries and the data in a folder which that account can reach.
"""

import ctypes
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from devstack.errors import DevstackError
from devstack.state import State

CLONE_NEWUSER = 0x10000000
# initdb and postgres ask the password database for their own name, so this number must be a known one.
NOBODY = 65534


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int


@dataclass(frozen=True)
class Identity:
    namespace: bool = False
    account: Account | None = None


MYSELF = Identity()


def unprivileged(state: State, program: Path) -> Identity:
    if os.geteuid() != 0:
        return MYSELF
    if namespace_works(program, state.root):
        return Identity(namespace=True)
    return Identity(account=_lesser_account())


def enter_namespace() -> None:
    """Runs between fork and exec."""
    libc = ctypes.CDLL(None, use_errno=True)
    # Read before unshare: inside the new namespace, until it is mapped, every id is the overflow id.
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{NOBODY} {uid} 1")
    _write("/proc/self/gid_map", f"{NOBODY} {gid} 1")


def namespace_works(program: Path, folder: Path) -> bool:
    """Asks a shell inside the namespace: it may be granted and still not reach someone else's folder."""
    if not sys.platform.startswith("linux"):
        return False
    question = ["/bin/sh", "-c", 'test -x "$0" && test -w "$1"', str(program), str(folder)]
    try:
        return subprocess.run(question, preexec_fn=enter_namespace, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def home_for(identity: Identity, state: State) -> Path:
    """Where the server's files live: the state folder, unless the account cannot get there."""
    if identity.account is None or open_to_others(state.root):
        return state.root
    known = state.recall("homes", "postgres")
    if known is None or not Path(known).is_dir():
        known = tempfile.mkdtemp(prefix="devstack-", dir="/var/tmp")
        Path(known).chmod(0o755)
        state.remember("homes", "postgres", known)
    return Path(known)


def reachable_bin(identity: Identity, bin_dir: Path, home: Path) -> Path:
    """The programs where the account can run them: a copy when they sit under a closed folder."""
    if identity.account is None or open_to_others(bin_dir):
        return bin_dir
    package = bin_dir.parent.parent
    copy = home / "wheel"
    if not copy.exists():
        draft = home / "wheel.new"
        shutil.rmtree(draft, ignore_errors=True)
        # The libraries are found by a path relative to the programs, so both folders move together.
        for folder in (package, package.with_name(package.name + ".libs")):
            shutil.copytree(folder, draft / folder.name)
        _open_up(draft)
        draft.rename(copy)
    return copy / package.name / bin_dir.relative_to(package)


def hand_over(path: Path, identity: Identity) -> None:
    """Make the identity the owner of a folder or file, whoever ran the stack the last time."""
    if os.geteuid() != 0:
        return
    owner = identity.account or Account(os.geteuid(), os.getegid())
    if path.stat().st_uid != owner.uid:
        for entry in (path, *path.rglob("*")):
            os.chown(entry, owner.uid, owner.gid, follow_symlinks=False)


def open_to_others(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _open_up(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
            if path.stat().st_mode & stat.S_IXUSR:
                path.chmod(path.stat().st_mode | 0o011)


def _lesser_account() -> Account:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise DevstackError(
        "PostgreSQL refuses to run as root, user namespaces are not allowed here, and there is neither a "
        "'postgres' nor a 'nobody' account. Run as an ordinary user, or give DATABASE_URL."
    )


def _write(path: str, text: str) -> None:
    handle = os.open(path, os.O_WRONLY)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)
