"""Lakeside, the second organization: smaller, on the Pacific coast, read with an API key and secret."""

from app.simulator.model import Account, Address, Tag, Text, same
from app.simulator.offer import Camp, Course, Feast, Offer, Site

_FAMILY = Text("Rive", "Waterfront")
_COURTS = Text("Terrains", "Courts")

_SITES = (
    Site(
        "house",
        Text("Maison du lac", "Lakeside House"),
        Address("3350 Victoria Drive", "Vancouver", "V5N 4M4", 49.2562, -123.0652, province="BC"),
    ),
    Site(
        "dock",
        Text("Quai nord", "North dock"),
        Address("3300 Lakewood Drive", "Vancouver", "V5N 4M1", 49.2571, -123.0619, province="BC"),
    ),
    Site(
        "courts",
        Text("Terrains couverts", "Covered courts"),
        Address("2690 Larch Street", "Vancouver", "V6K 4K9", 49.2614, -123.1627, province="BC"),
    ),
)

_COURSES = (
    Course(
        _FAMILY,
        Text("Canot et kayak", "Canoe and kayak"),
        Text("Adultes", "Adults"),
        Text("Kayak du soir", "Evening kayak"),
        Text("Gilet fourni.", "Life jacket provided."),
        days=((1,), (3,)),
        times=("18:00", "19:30"),
        minutes=90,
        sites=("dock",),
        price="140.0000",
        tags=("water",),
        seasons=("spring", "summer", "fall"),
    ),
    Course(
        _COURTS,
        same("Pickleball"),
        Text("Adultes", "Adults"),
        Text("Pickleball libre", "Open pickleball"),
        Text("Raquettes en prêt.", "Paddles on loan."),
        days=((0, 2, 4), (5,)),
        times=("09:00", "20:30"),
        minutes=120,
        sites=("courts",),
        price="6.0000",
        tags=("courts",),
        places=None,
        drop_in=True,
    ),
    Course(
        _FAMILY,
        Text("Bien-être", "Wellness"),
        Text("Tous", "Everyone"),
        Text("Tai-chi au bord de l'eau", "Tai chi by the water"),
        Text("Sous la tente s'il pleut.", "Under the tent if it rains."),
        days=((5,), (6,)),
        times=("08:30",),
        minutes=60,
        sites=("house",),
        price="0.0000",
        tags=("water",),
        places=None,
    ),
    Camp(
        _FAMILY,
        Text("Camps", "Camps"),
        Text("8 à 12 ans", "8 to 12 years"),
        Text("Camp nautique", "Sailing camp"),
        Text("Savoir nager 50 m.", "Must be able to swim 50 m."),
        sites=("dock",),
        price="325.0000",
        groups=(same(" A"), same(" B")),
        tags=("water",),
        places=16,
    ),
)

LAKESIDE = Offer(
    number=9117,
    slug="lakeside",
    name=Text("Centre du lac", "Lakeside Centre"),
    zone="America/Vancouver",
    windows_zone="Pacific Standard Time",
    account=Account(api_key="lakeside-key-0001", api_secret="lakeside-secret"),  # noqa: S106  # opens only this
    sites=_SITES,
    tags={
        "water": Tag(611, Text("Eau", "Water"), "Blue"),
        "courts": Tag(614, Text("Terrains", "Courts"), "Orange"),
    },
    courses=_COURSES,
    feasts=(
        Feast(
            Text("Régate d'ouverture", "Opening regatta"),
            Text("Toutes les classes.", "All classes."),
            *(5, 16, "10:00", 300, "dock", "30.0000", ("water",)),
        ),
        Feast(
            Text("Défilé des lanternes", "Lantern parade"),
            Text("Au coucher du soleil.", "At sunset."),
            *(7, 25, "20:30", 120, "house", "0.0000", ("water",)),
        ),
    ),
    feast_family=Text("Fêtes", "Festivities"),
)
