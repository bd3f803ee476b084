"""Whatever text goes in: what our clipper lets through, the platform's own rules must accept.

The sandbox's validator is written from the platform's documents and knows nothing of ours.
"""

from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.wechat.fields import FIELD_TYPES, Unfit, clip
from sandbox.fields import _RULES as DOCUMENTED
from sandbox.fields import valid
from sandbox.records import TemplateField
from tests.wechat.test_fields import MOMENTS, TRICKY, VALUES

# Numbers with signs, digits of other scripts, and everything that looks like a moment and is none.
FIGURES = st.from_regex(r"[-+¥￥$€£]?[0-9０-９٣]{0,40}[.,．]?[0-9]{0,40}元?", fullmatch=True)
ANYTHING = st.one_of(VALUES, TRICKY, MOMENTS, FIGURES, st.text(max_size=60))


def test_every_documented_type_has_a_clipper() -> None:
    assert set(DOCUMENTED) == FIELD_TYPES


@settings(max_examples=400, deadline=None)
@given(value=ANYTHING)
@example(value="")
@example(value="😀" * 20)
@example(value="2026年2月30日 25:61")
@example(value="二〇二六年")
@example(value="1" * 33)
@example(value="\u2028\u2029\u0085\x7f")
def test_what_passes_our_clipper_passes_the_platform(value: str) -> None:
    # To think of a text takes longer than to clip it, so each is clipped for every type.
    for field_type in sorted(FIELD_TYPES):
        with suppress(Unfit):
            clipped = clip(field_type, value)
            assert clipped
            assert valid(TemplateField(f"{field_type}1", field_type), clipped), (field_type, value, clipped)
