import pytest

from app.domain.rating import DIMENSION_LABELS, RUBRIC, STARS, Dimension, Scores, overall, rubric


def test_every_star_of_every_dimension_has_its_own_sentence() -> None:
    sentences = [rubric(dimension, stars) for dimension in Dimension for stars in STARS]
    assert len(set(sentences)) == 20
    assert all(8 <= len(sentence) <= 40 for sentence in sentences)
    assert RUBRIC.keys() == DIMENSION_LABELS.keys() == set(Dimension)


def test_one_star_is_the_first_sentence_and_five_the_last() -> None:
    assert rubric(Dimension.TIMELINESS, 1) == "没有来，也没有提前说明"
    assert rubric(Dimension.TIMELINESS, 4) == "在约定时段内到达"
    with pytest.raises(ValueError, match="not in"):
        rubric(Dimension.TIMELINESS, 6)


@pytest.mark.parametrize(
    ("scores", "mean"), [(Scores(5, 5, 5, 5), 5.0), (Scores(1, 2, 3, 5), 2.75), (Scores(5, 4, 4, 4), 4.25)]
)
def test_overall_is_the_plain_mean(scores: Scores, mean: float) -> None:
    assert overall(scores) == mean


def test_each_dimension_reads_its_own_score() -> None:
    scores = Scores(attitude=1, expertise=2, timeliness=3, conduct=4)
    assert [scores.of(d) for d in Dimension] == [1, 2, 3, 4]
