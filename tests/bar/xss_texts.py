"""150 texts that would run a script if anything between a field and a screen failed.

Each calls `trap(number)`. Thirty ways in, each bare and behind four ways out of where a text may
stand: an attribute, an element of text, a script, a template.
"""

WAYS_IN = (
    "<script>trap({n})</script>",
    "<img src=x onerror=trap({n})>",
    "<svg onload=trap({n})>",
    "<svg><script>trap({n})</script></svg>",
    "<svg><animate onbegin=trap({n}) attributeName=x dur=1s>",
    "<body onpageshow=trap({n})>",
    "<input autofocus onfocus=trap({n})>",
    "<details open ontoggle=trap({n})>",
    "<video><source onerror=trap({n})></video>",
    "<audio src=x onerror=trap({n})>",
    '<iframe srcdoc="<script>parent.trap({n})</script>"></iframe>',
    "<iframe src=javascript:parent.trap({n})></iframe>",
    "<object data=javascript:trap({n})></object>",
    "<embed src=javascript:trap({n})>",
    "<a href=javascript:trap({n})>ক</a>",
    "<form action=javascript:trap({n})><button>ক</button></form>",
    "<math><mtext><img src=x onerror=trap({n})></mtext></math>",
    "<math href=javascript:trap({n})>ক</math>",
    "<style>@import'javascript:trap({n})';</style>",
    "<link rel=stylesheet href=javascript:trap({n})>",
    "<meta http-equiv=refresh content='0;url=javascript:trap({n})'>",
    "<base href=javascript:trap({n})//>",
    "<noscript><p title='</noscript><img src=x onerror=trap({n})>'>",
    "<xmp><img src=x onerror=trap({n})></xmp>",
    "[ক](javascript:trap({n}))",
    "![ক](x){{onerror=trap({n})}}",
    "<javascript:trap({n})>",
    "{{{{constructor.constructor('trap({n})')()}}}}",
    "${{trap({n})}}",
    "<p v-html=\"'<img src=x onerror=trap({n})>'\">",
)
WAYS_OUT = ("", "\"'>", "</textarea></title></style>", "</script>\\u003c/script>", "-->]]>}}")
TEXTS = [
    f"{out}{way.format(n=number)}"
    for number, (way, out) in enumerate((way, out) for way in WAYS_IN for out in WAYS_OUT)
]
