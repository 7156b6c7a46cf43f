"""S11, second half: whatever is typed stays one literal, or words, in the notebook that runs."""

import ast
import re
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager
from markdown_it import MarkdownIt

from grading.assemble import assignment, markdown
from publishing.exercises import Exercise
from store.errors import Invalid

TYPED = st.text(st.characters(codec="utf-8")) | st.sampled_from(
    [
        "'; import os; os.system('id')",
        '"""\n!id\n%%bash\nid',
        "?x",
        "\\N{DIGIT ONE}",
        "{{ secrets }}",
        "### END SOLUTION\nimport os",
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](http://evil/x.png)",
        "$\\href{javascript:alert(1)}{x}$",
        "\u2028\u2029\x0b\x0c\x1c\x85",
        "\ufdfa‮উদ্বৃত্ত\u200d",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | TYPED,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TYPED, inner, max_size=3),
    max_leaves=8,
).filter(lambda value: depth(value) <= 4 and "inf" not in repr(value))


def depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


@settings(max_examples=400, deadline=None)
@given(value=JSON)
@example(value="!ls")
@example(value="%time")
@example(value="x?")
def test_any_answer_stays_exactly_one_literal(value: Any) -> None:
    source = assignment("answer", value)
    (statement,) = ast.parse(source).body
    assert isinstance(statement, ast.Assign)
    (target,) = statement.targets
    assert isinstance(target, ast.Name) and target.id == "answer"
    assert repr(ast.literal_eval(statement.value)) == repr(value)
    assert not any(isinstance(node, ast.Call | ast.Attribute) for node in ast.walk(statement))
    assert source.isascii() and "\n" not in source


KEYS = ("a", "b", "c; import os", "'", "উ")
OFFERED = dict.fromkeys(KEYS, "বিকল্প")
GIVEN = st.sampled_from(KEYS) | TYPED


def quiz(component: str) -> Exercise:
    return Exercise("q", component, "quiz", 1.0, 1, "", options=OFFERED, right=OFFERED)


@settings(max_examples=400, deadline=None)
@given(
    component=st.sampled_from(["Choice", "MultiChoice", "Order", "Match"]),
    value=JSON | GIVEN | st.lists(GIVEN, max_size=6) | st.dictionaries(GIVEN, GIVEN, max_size=6),
)
@example(component="Order", value=["উ", "'", "b", "a", "c; import os"])
@example(component="Order", value=["a"])
@example(component="MultiChoice", value=["b", "b"])
@example(component="Match", value={"a": ["b"]})
def test_a_quiz_takes_keys_of_its_own_alone_and_they_stay_a_literal(
    component: str, value: Any
) -> None:
    exercise = quiz(component)
    try:
        kept = exercise.check(value)
    except Invalid as refused:
        assert refused.code == "answer-invalid"
        return
    assert exercise.check(kept) == kept
    given = kept if isinstance(kept, list) else [kept]
    if isinstance(kept, dict):
        given = [*kept, *kept.values()]
    assert set(given) <= {*KEYS, None}
    if component == "Order":
        assert sorted(given) in ([], sorted(KEYS))
    else:
        assert kept == value or sorted(kept) == sorted(value)
    source = assignment("answer", exercise.python_value(kept))
    held = ast.literal_eval(source.removeprefix("answer = "))
    assert held == (kept or None)


@settings(max_examples=200, deadline=None)
@given(value=JSON)
@example(value=["!ls", "%time", "x?", "%%bash"])
def test_a_kernel_reads_the_literal_as_it_stands(value: Any) -> None:
    source = assignment("answer", value)
    assert TransformerManager().transform_cell(source) == source + "\n"


@settings(max_examples=400, deadline=None)
@given(text=TYPED)
@example(text="a\\](http://evil)")
@example(text="<img src=x onerror=alert(1)>")
@example(text="[id]: http://evil\n[id]")
def test_typed_words_bring_no_tag_no_link_and_no_maths(text: str) -> None:
    written = markdown(text)
    assert "\0" not in written
    assert not re.search(r"(?<!\\)(\\\\)*\$", written)
    # rendered with everything allowed, even HTML: nothing of the kind comes out
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(written)
    assert not re.search(r"<(a|img|script|iframe|svg|math|style|input|form)\b", rendered, re.I)
    assert not re.search(r"\son\w+\s*=", re.sub(r">[^<]*<", "><", rendered))


@settings(max_examples=200, deadline=None)
@given(plan=st.dictionaries(TYPED, TYPED, max_size=4))
def test_no_key_and_no_field_of_a_plan_breaks_out(plan: dict[str, str]) -> None:
    rendered = MarkdownIt("commonmark", {"html": True}).render(markdown(plan))
    assert not re.search(r"<(a|img|script|iframe|svg|math|style|input|form)\b", rendered, re.I)
