"""A place for people, for maps and for Apple's maps, as far as it is known."""

import math

import pytest
from icalendar.prop import vGeo

from app.domain.model import Place
from app.ics.places import place_lines, whereabouts
from tests.support.content_lines import unfolded
from tests.support.make import AQUATIC_CENTRE

APPLE = "X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=72;"


def lines(place: Place) -> list[str]:
    return [line for part in place_lines(place) for line in unfolded(part)]


def test_a_place_has_a_text_a_position_and_an_apple_map() -> None:
    location, geo, apple = lines(AQUATIC_CENTRE)

    assert location == r"LOCATION:Centre aquatique Laurier\, 1515 boulevard Gilford\, Montréal\, QC H2J 1R7"
    assert geo == "GEO:45.5312;-73.5841"
    assert apple == (
        f'{APPLE}X-ADDRESS="1515 boulevard Gilford, Montréal, QC H2J 1R7";X-TITLE="Centre aquatique Laurier"'
        ":geo:45.5312,-73.5841"
    )


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("Gym", "12 rue Rivard", "Gym, 12 rue Rivard"),
        ("Gym", "", "Gym"),
        ("", "12 rue Rivard", "12 rue Rivard"),
        ("12 rue Rivard", "12 rue Rivard", "12 rue Rivard"),
        ("Gym", "Gym, 12 rue Rivard", "Gym, 12 rue Rivard"),
        ("Gym", "Gymnasium Street 5", "Gym, Gymnasium Street 5"),
        ("<b>Gym</b>\r\nA", "12&nbsp;rue Rivard", "Gym A, 12 rue Rivard"),
        ("", "", ""),
    ],
)
def test_name_and_address_are_said_once_each(name: str, address: str, expected: str) -> None:
    assert expected == whereabouts(Place(1, name, address))


def test_an_unknown_place_is_nowhere() -> None:
    assert whereabouts(None) == ""
    assert place_lines(Place(1, "", "")) == ()


def test_a_place_without_position_has_only_its_text() -> None:
    assert lines(Place(1, "Gym")) == ["LOCATION:Gym"]


def test_a_position_without_a_name_is_nothing_to_show_on_an_apple_map() -> None:
    assert lines(Place(1, "", "", (45.5, -73.5))) == ["GEO:45.5;-73.5"]


def test_apple_maps_show_the_address_where_there_is_no_name() -> None:
    (_, _, apple) = lines(Place(1, "", "12 rue Rivard", (45.5, -73.5)))

    assert (
        apple
        == 'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=72;X-TITLE="12 rue Rivard":geo:45.5,-73.5'
    )


def test_quotes_in_a_parameter_are_written_as_rfc_6868_says() -> None:
    (_, _, apple) = lines(Place(1, 'Salle "B" ^', "", (45.5, -73.5)))

    assert "X-TITLE=\"Salle ^'B^' ^^\":geo:" in apple


@pytest.mark.parametrize(
    ("coordinates", "geo"),
    [
        ((45.0, -73.0), "GEO:45.0;-73.0"),
        ((45.53121234567, -73.58412000001), "GEO:45.531212;-73.58412"),
        ((0.00001, -0.00001), "GEO:0.00001;-0.00001"),
        ((0.0000001, -0.0000001), "GEO:0.0;0.0"),
        ((-90, 180), "GEO:-90.0;180.0"),
    ],
)
def test_degrees_have_at_most_six_decimals_and_no_exponent(
    coordinates: tuple[float, float], geo: str
) -> None:
    assert geo in lines(Place(1, "Gym", "", coordinates))


def test_icalendar_still_writes_exponents() -> None:
    assert vGeo((0.00001, -73.5)).to_ical() == "1e-05;-73.5"


@pytest.mark.parametrize("coordinates", [(90.1, 0.0), (0.0, -180.5), (math.nan, 0.0), (math.inf, math.nan)])
def test_a_position_that_is_not_on_earth_is_left_out(coordinates: tuple[float, float]) -> None:
    assert lines(Place(1, "Gym", "", coordinates)) == ["LOCATION:Gym"]
