"""Where we may call when somebody else names the address: the public internet, and nothing of our own network."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

# Addresses of the old internet inside the new one; what counts is the one inside.
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


def is_public(address: str) -> bool:
    """Whether an address, as the resolver gives it, is one that anybody could call."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _is_public(found)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inside = _inside(address)
        if inside is not None:
            return _is_public(inside)
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a gateway would call for this one."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def fault_of(url: str, *, at_home: bool) -> str | None:
    """What is wrong with an address that somebody registers, in Chinese; None when nothing is.

    ``at_home`` allows http and our own network, for development. What a name resolves to is looked at when it is
    called, each time anew.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "网址格式不正确。"
    if not url.isascii() or not host or port == 0 or any(c.isspace() or c == "\\" for c in url):
        return "网址格式不正确，请填写以 https:// 开头的完整地址。"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "网址中不能带用户名、密码或 # 片段。"
    if parts.scheme != "https" and not (at_home and parts.scheme == "http"):
        return "只能使用 https:// 开头的网址。"
    return None if at_home or not _is_inner(host) else "不能使用内网或本机地址，请填写公网域名。"


def _is_inner(host: str) -> bool:
    name = host.rstrip(".").lower()
    try:
        return not _is_public(ip_address(name))
    except ValueError:
        # A name; only its resolver knows where it leads, but some never lead outside.
        return "." not in name or name.endswith((".localhost", ".local", ".internal"))
