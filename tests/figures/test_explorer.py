"""The explorer: a circle becomes an ellipse."""

import numpy as np
import pytest

PIXELS_OF_A_UNIT = "document.querySelector('.stage svg').getBoundingClientRect().width / 9"


def values(figure):
    return [figure.number("sigma1"), figure.number("sigma2")]


@pytest.mark.parametrize(
    "matrix",
    [
        [[2, 1], [0, 1.5]],
        [[1, 2], [3, 4]],
        [[-1, 0], [0.5, 2]],
        [[0, 0], [0, 0]],
        [[1, 2], [0.5, 1]],
        [[0, -1], [1, 0]],
    ],
)
def test_it_shows_the_svd_of_the_matrix(figure, matrix):
    A = np.array(matrix, dtype=float)
    _, s, Vt = np.linalg.svd(A)
    figure.open("explorer", matrix=matrix)
    assert values(figure) == pytest.approx(s, abs=6e-4)
    assert figure.number("determinant") == pytest.approx(np.linalg.det(A), abs=6e-4)
    expected = s[0] / s[1] if s[1] > 1e-12 else np.inf
    if s[0] > 0:
        assert figure.number("kappa") == pytest.approx(expected, abs=6e-3)
    if s[0] - s[1] < 1e-12:
        assert figure.text("v1") == "any"
        return
    # Up to signs, and V is a rotation here.
    shown = np.array([figure.numbers("v1"), figure.numbers("v2")])
    assert np.abs(np.sum(shown * Vt, axis=1)) == pytest.approx([1, 1], abs=0.01)
    assert np.linalg.det(shown) == pytest.approx(1, abs=0.02)
    if s[1] > 0:
        left = np.array([figure.numbers("u1"), figure.numbers("u2")])
        assert left * s[:, None] == pytest.approx(shown @ A.T, abs=0.012 * s[0])


def test_the_mouse_drags_a_column(figure):
    figure.open("explorer", matrix=[[1, 0], [0, 1]])
    unit = figure.tab.evaluate(PIXELS_OF_A_UNIT)
    figure.drag("column1", right=unit, up=0)
    assert values(figure) == pytest.approx([2, 1], abs=0.03)
    figure.drag("column2", right=0, up=-2 * unit)
    assert figure.number("determinant") == pytest.approx(-2, abs=0.06)


def test_a_finger_drags_a_column(figure_on_a_phone):
    figure = figure_on_a_phone.open("explorer", matrix=[[1, 0], [0, 1]])
    unit = figure.tab.evaluate(PIXELS_OF_A_UNIT)
    figure.touch("column1", right=unit, up=0)
    assert values(figure) == pytest.approx([2, 1], abs=0.05)
    # Upwards too, where the page could scroll.
    figure.touch("column2", right=0, up=-unit)
    assert figure.number("determinant") == pytest.approx(0, abs=0.1)


def test_keys_move_a_column(figure):
    figure.open("explorer", matrix=[[1, 0], [0, 1]])
    figure.press("column1", *["ArrowRight"] * 5)
    assert values(figure) == [1.5, 1]
    figure.press("column1", "Shift+ArrowRight")
    assert values(figure) == [2.5, 1]
    figure.press("column1", "End")
    assert values(figure) == [4.5, 1]
    figure.press("column1", "Home")
    assert values(figure) == [4.5, 1]
    assert figure.number("determinant") == -4.5
    figure.press("column2", "Control+End")
    assert figure.number("determinant") == 18


def test_numbers_and_fractions_are_typed(figure):
    figure.open("explorer", matrix=[[1, 0], [0, 1]])
    field = figure.tab.get_by_label("Row 1, column 1 of A")
    for written, value in (("5/2", 2.5), ("-3/4", -0.75), ("1,5", 1.5), ("−2", -2)):
        field.fill(written)
        field.press("Enter")
        assert figure.number("determinant") == value
    field.fill("one")
    field.press("Enter")
    assert figure.tab.get_by_text("An entry is a number").is_visible()
    assert figure.number("determinant") == -2


def test_presets(figure):
    figure.open("explorer")
    for name, expected in (("identity", [1, 1]), ("diag(2, 0.5)", [2, 0.5]), ("shear", [1.618, 0.618]), ("rotation", [1, 1]), ("reflection", [1, 1]), ("rank one", [2.5, 0])):  # fmt: skip
        figure.click(name)
        assert values(figure) == expected
    assert figure.number("kappa") == np.inf


def test_the_three_factors_are_carried_out_one_after_the_other(figure):
    """The ellipse that is drawn, point by point."""
    A = np.array([[1, 2], [-1, 0.5]])
    U, s, Vt = np.linalg.svd(A)
    if np.linalg.det(Vt) < 0:
        U[:, 1], Vt[1] = -U[:, 1], -Vt[1]
    for time, map_ in ((0, np.eye(2)), (1, Vt), (2, np.diag(s) @ Vt), (3, A)):
        figure.open("explorer", matrix=A.tolist(), time=time)
        path = figure.tab.locator(".stage [data-part=ellipse]").get_attribute("d")
        drawn = np.array([point.split() for point in path[1:-1].split("L")], dtype=float)
        points = (drawn - [200, 400 / 9 * 4]) / (400 / 9) * [1, -1]
        angles = np.arange(121) * np.pi / 60
        expected = map_ @ [np.cos(angles), np.sin(angles)]
        # The sign of v1 and u1 together is free, and changes where the turn ends.
        assert min(np.abs(points.T - expected).max(), np.abs(points.T + expected).max()) < 1e-3


def test_play_goes_through_the_states_without_motion_for_who_wants_none(figure):
    figure.open("explorer")
    slider = figure.tab.get_by_label("Carried out")
    seen = []
    for _ in range(4):
        figure.click("Play")
        seen.append(slider.input_value())
    assert seen == ["0", "1", "2", "3"]


def test_the_hunt(figure):
    matrix = [[2, 1], [0, 1.5]]
    figure.open("explorer", matrix=matrix, mode="hunt", angle=0)
    assert not figure.goal_is_reached
    _, _, Vt = np.linalg.svd(matrix)
    angle = np.degrees(np.arctan2(Vt[0, 1], Vt[0, 0])) % 180
    steps = int(angle // 5), round(angle % 5 / 0.5)
    figure.press("pair", *["Shift+ArrowUp"] * steps[0], *["ArrowUp"] * steps[1])
    assert figure.goal_is_reached
    assert figure.number("between") == pytest.approx(90, abs=1)


def test_the_goal_of_the_map(figure):
    figure.open("explorer", matrix=[[1, 0], [0, 1]])
    assert not figure.goal_is_reached
    field = figure.tab.get_by_label("Row 2, column 2 of A")
    field.fill("1/10")
    field.press("Enter")
    assert figure.goal_is_reached


def test_where_the_values_are_equal_it_says_that_every_pair_will_do(figure):
    figure.open("explorer", matrix=[[0.6, 0.8], [0.8, -0.6]])
    assert "every orthonormal pair" in figure.summary
    figure.open("explorer", matrix=[[0.6, 0.8], [0.8, -0.6]], mode="hunt", angle=33)
    assert figure.number("between") == 90
