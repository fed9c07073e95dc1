"""Awkward values of the other fields: missing, empty, of another type, or not meant for the public."""

from app.simulator.awkward.bench import Bench, Case
from app.simulator.model import Address, Event, Place, Tag, Text, same

_EVENT_FIELDS_BUT_TIME_AND_ID = (
    "AllDay",
    "Title",
    "Url",
    "Activity",
    "Participants",
    "State",
    "PictureUrl",
    "Price",
    "Tags",
    "EventType",
    "Location",
    "Staff",
)
_SMALLEST_ID_BEYOND_32_BITS = 2**31


def location_null(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(bench.variation(Text("Club de lecture en ligne", "Online book club"), place=None)),)


def location_with_empty_parts(bench: Bench) -> tuple[Event, ...]:
    address = Address("", "", None, province="", country=None, second=None)
    place = Place(bench.numbering.place(), Text("À déterminer", "To be determined"), address)
    return (bench.event(bench.variation(Text("Pique-nique", "Picnic"), place=bench.add_place(place))),)


def location_without_address(bench: Bench) -> tuple[Event, ...]:
    place = bench.add_place(Place(bench.numbering.place(), Text("Local B-12 ", "Room B-12 ")))
    return (bench.event(bench.variation(Text("Jeux de société", "Board games"), place=place)),)


def location_without_name(bench: Bench) -> tuple[Event, ...]:
    address = Address("2500, chemin du Lac", "Longueuil", "J4N 1A9", 45.5462, -73.4514)
    place = bench.add_place(Place(bench.numbering.place(), None, address))
    return (bench.event(bench.variation(Text("Pêche blanche", "Ice fishing"), place=place)),)


def two_locations_of_one_name(bench: Bench) -> tuple[Event, ...]:
    addresses = (
        Address("12, rue des Érables", "Chambly", "J3L 2A1", 45.4471, -73.2911),
        Address("740, rue des Érables", "Carignan", "J3L 4A7", 45.4522, -73.3094),
    )
    name = Text("Parc des Érables", "Maples Park")
    places = [bench.add_place(Place(bench.numbering.place(), name, address)) for address in addresses]
    return tuple(bench.event(bench.variation(same("Pétanque"), place=place)) for place in places)


def coordinates_zero(bench: Bench) -> tuple[Event, ...]:
    address = Address("95, rue Saint-Pierre", "Chambly", "J3L 1L9", 0.0, 0.0)
    place = bench.add_place(Place(bench.numbering.place(), Text("Salle du Quai", "Quay Hall"), address))
    return (bench.event(bench.variation(Text("Quilles", "Bowling"), place=place)),)


def price_zero(bench: Bench) -> tuple[Event, ...]:
    return tuple(
        bench.event(bench.variation(Text("Causerie", "Talk"), price=price))
        for price in ("0", "0.0", "0.0000")
    )


def price_null(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(bench.variation(Text("Troc-plantes", "Plant swap"), price="null")),)


def price_with_many_digits(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(bench.variation(Text("Voyage à Québec", "Trip to Québec City"), price="1234.5000")),)


def tag_invisible(bench: Bench) -> tuple[Event, ...]:
    tag = Tag(
        bench.numbering.tag(), Text("Étiquette interne – budget B", "Internal tag – budget B"), visible=False
    )
    return (bench.event(bench.variation(Text("Aérobie", "Aerobics"), tags=(tag,))),)


def tag_that_is_a_person(bench: Bench) -> tuple[Event, ...]:
    tag = Tag(bench.numbering.tag(), same("George Smith"), "Orange")
    return (bench.event(bench.variation(Text("Tennis de table", "Table tennis"), tags=(tag,))),)


def tags_null(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Cribbage", "Cribbage"), wire={"Tags": "null"}),)


def strings_for_booleans(bench: Bench) -> tuple[Event, ...]:
    wire = {"HasDropInEnabled": '"true"', "HasSessionEnabled": '"true"'}
    return (bench.event(bench.variation(same("Handball"), wire=wire), wire={"AllDay": '"false"'}),)


def category_zero(bench: Bench) -> tuple[Event, ...]:
    wire = {"CategoryId": "0", "CategoryName": '""', "SubCategoryId": "0", "SubCategoryName": '""'}
    return (bench.event(bench.variation(Text("Ciné-club", "Film club"), wire=wire)),)


def category_null(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(bench.variation(Text("Improvisation", "Improv"), category=None, subcategory=None)),)


def url_without_scheme(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(same("Ultimate"), wire={"Url": '"supersport.com/end/of/season/match"'}),)


def url_null(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(same("Aviron"), wire={"Url": "null"}),)


def url_relative(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(same("Slackline"), wire={"Url": '"/store/fr/forest-explorers/shop/activities/1"'}),)


def url_of_javascript(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(same("Parkour"), wire={"Url": "\"javascript:alert('url')\""}),)


def picture_relative(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(bench.variation(same("Spinning"), picture="end_of_season_match.jpg")),)


def event_type_of_another_kind(bench: Bench) -> tuple[Event, ...]:
    name = Text("Location de salle", "Hall rental")
    return (bench.event(name, wire={"EventType": '"FacilityBooking"'}),)


def nulls_everywhere(bench: Bench) -> tuple[Event, ...]:
    wire = dict.fromkeys(_EVENT_FIELDS_BUT_TIME_AND_ID, "null")
    return (bench.event(Text("Rien", "Nothing"), wire=wire, doubtful=True),)


def activity_null(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Sans activité", "Without activity"), wire={"Activity": "null"}, doubtful=True),)


def id_zero(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Fin de saison", "End of season match"), event_id=0, doubtful=True),)


def id_beyond_32_bits(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Grand numéro", "Large number"), event_id=_SMALLEST_ID_BEYOND_32_BITS),)


def field_nobody_documented(bench: Bench) -> tuple[Event, ...]:
    wire = {"Waitlist": '{"Enabled":true,"Entries":[1,[2,{"Deep":null}]]}'}
    return (bench.event(Text("Fléchettes", "Darts"), wire=wire),)


CASES: tuple[Case, ...] = (
    location_null,
    location_with_empty_parts,
    location_without_address,
    location_without_name,
    two_locations_of_one_name,
    coordinates_zero,
    price_zero,
    price_null,
    price_with_many_digits,
    tag_invisible,
    tag_that_is_a_person,
    tags_null,
    strings_for_booleans,
    category_zero,
    category_null,
    url_without_scheme,
    url_null,
    url_relative,
    url_of_javascript,
    picture_relative,
    event_type_of_another_kind,
    nulls_everywhere,
    activity_null,
    id_zero,
    id_beyond_32_bits,
    field_nobody_documented,
)
