"""Forest Explorers, the demonstration centre: a bilingual recreation centre south of Montréal.

Number and slug are those of Amilia's documentation (organization 8008, forest-explorers).
"""

from app.simulator.forest_courses import COURSES
from app.simulator.model import Account, Address, Tag, Text, same
from app.simulator.offer import Feast, Offer, Site

_SITES = (
    Site(
        "centre",
        Text("Centre communautaire de la Forêt", "Forest Community Centre"),
        Address("1691, boulevard De Périgny", "Chambly", "J3L 1X1", 45.4406, -73.2893),
    ),
    Site(
        "pool",
        Text("Piscine – bassin de 25 m", "Pool – 25 m tank"),
        Address("1691, boulevard De Périgny", "Chambly", "J3L 1X1", 45.4409, -73.2899),
        within="centre",
    ),
    Site(
        "shallow",
        Text("Piscine – bassin récréatif", "Pool – leisure tank"),
        Address("1691, boulevard De Périgny", "Chambly", "J3L 1X1", 45.4409, -73.2899),
        within="centre",
    ),
    Site(
        "gym",
        Text("Gymnase double", "Double gymnasium"),
        Address("535, boulevard Brassard", "Chambly", "J3L 6H3", 45.4318, -73.2751),
    ),
    Site(
        "palestra",
        Text("Palestre de gymnastique", "Gymnastics hall"),
        Address("3000, boulevard Fréchette", "Chambly", "J3L 6Z6", 45.4286, -73.2769),
    ),
    Site(
        "ice",
        Text("Aréna des Pins – glace A", "Pines Arena – rink A"),
        Address("3000, boulevard Fréchette", "Chambly", "J3L 6Z6", 45.4291, -73.2777),
    ),
    Site(
        "ice-b",
        Text("Aréna des Pins – glace B", "Pines Arena – rink B"),
        Address("3000, boulevard Fréchette", "Chambly", "J3L 6Z6", 45.4291, -73.2777),
    ),
    Site(
        "studio",
        Text("Studio Verdun", "Verdun Studio"),
        Address("4110, boulevard LaSalle", "Montréal", "H4G 2A5", 45.4655, -73.5632),
    ),
    Site(
        "workshop",
        Text("Atelier de poterie", "Pottery workshop"),
        Address("56, rue Martel", "Chambly", "J3L 1V3", 45.4502, -73.2871, second="Sous-sol"),
    ),
    Site(
        "library",
        Text("Bibliothèque municipale", "Public library"),
        Address("1691, avenue Bourgogne", "Chambly", "J3L 1Y8", 45.4488, -73.2866),
    ),
    Site(
        "park",
        Text("Parc Joseph-Gravel", "Joseph-Gravel Park"),
        Address("888, rue Joseph-Gravel", "Chambly", "J3L 0C7", 45.4187, -73.3012),
    ),
    Site(
        "mountain",
        Text("Chalet du mont Saint-Bruno", "Mont Saint-Bruno chalet"),
        Address("330, rang des Vingt-Cinq", "Saint-Bruno-de-Montarville", "J3V 4P6", 45.5485, -73.3179),
    ),
    Site(
        "island",
        Text("Parc Jean-Drapeau – plaine des Jeux", "Parc Jean-Drapeau – playing fields"),
        Address("1, circuit Gilles-Villeneuve", "Montréal", "H3C 1A9", 45.5036, -73.5291),
    ),
    Site(
        "quay",
        Text("Quai Longueuil", "Longueuil quay"),
        Address("1010, rue Bord-de-l'Eau", "Longueuil", "J4H 1A4", 45.5392, -73.5208),
    ),
)

_TAGS = {
    "family": Tag(402, Text("Famille", "Family"), "Orange"),
    "kids": Tag(405, Text("Enfants", "Children"), "Yellow"),
    "teens": Tag(409, Text("Ados", "Teens"), "Purple"),
    "adults": Tag(411, Text("Adultes", "Adults"), "Blue"),
    "55": Tag(416, same("55+"), "Teal"),
    "morning": Tag(420, Text("Matin", "Morning"), "Gold"),
    "evening": Tag(421, Text("Soir", "Evening"), "Navy"),
    "free": Tag(427, Text("Gratuit", "Free"), "Green"),
    "outdoors": Tag(433, Text("Plein air", "Outdoors"), "Green"),
    "new": Tag(440, Text("Nouveau", "New"), "Red"),
    "subsidy": Tag(447, Text("Subvention – interne", "Subsidy – internal"), "Gray", visible=False),
}

_FEASTS = (
    Feast(
        Text("Journée de ski de fond en famille", "Family cross-country ski day"),
        Text("Prêt d'équipement et chocolat chaud.", "Equipment on loan and hot chocolate."),
        *(2, 7, "09:30", 330, "mountain", "5.0000", ("family", "outdoors")),
    ),
    Feast(
        Text("Fête des neiges", "Snow festival"),
        Text("Glissade, tire sur la neige, musique.", "Sliding, maple taffy, music."),
        *(1, 24, "", 0, "island", "0.0000", ("family", "free", "outdoors")),
    ),
    Feast(
        Text("Patinage aux flambeaux", "Torchlight skating"),
        Text("Apportez vos patins.", "Bring your skates."),
        *(12, 12, "19:00", 120, "ice", "0.0000", ("family", "free")),
    ),
    Feast(
        Text("Spectacle de patinage artistique", "Figure skating show"),
        Text("Le grand spectacle de fin de saison.", "The grand show that ends the season."),
        *(4, 11, "19:30", 150, "ice", "18.5000", ("family",)),
    ),
    Feast(
        Text("Bazar du printemps", "Spring rummage sale"),
        Text("Articles de sport usagés.", "Second-hand sports gear."),
        *(4, 25, "09:00", 420, "gym", "0.0000", ("free",)),
    ),
    Feast(
        Text("Portes ouvertes du centre", "Open house at the centre"),
        Text("Visites, essais gratuits, inscriptions.", "Tours, free trials, registration."),
        *(8, 29, "10:00", 360, "centre", "0.0000", ("family", "free")),
    ),
    Feast(
        Text("Défi vélo des Explorateurs", "Explorers' bike challenge"),
        Text("Boucles de 15, 40 et 80 km.", "Loops of 15, 40 and 80 km."),
        *(6, 6, "07:30", 480, "park", "25.0000", ("outdoors", "adults")),
    ),
    Feast(
        Text("Fête nationale au parc", "Fête nationale in the park"),
        Text("Spectacles, jeux gonflables, feu de joie.", "Shows, inflatable games, bonfire."),
        *(6, 24, "", 0, "park", "0.0000", ("family", "free", "outdoors")),
    ),
    Feast(
        Text("Cinéma en plein air", "Open-air cinema"),
        Text("Apportez votre chaise.", "Bring your chair."),
        *(7, 17, "21:00", 130, "park", "0.0000", ("family", "free", "outdoors")),
    ),
    Feast(
        Text("Tournoi de soccer de fin d'été", "End-of-summer soccer tournament"),
        Text("Équipes de 6 à 12 ans.", "Teams from 6 to 12 years."),
        *(8, 22, "", 0, "park", "40.0000", ("kids", "outdoors")),
    ),
    Feast(
        Text("Collecte de sang Héma-Québec", "Héma-Québec blood drive"),
        Text("Sur rendez-vous.", "By appointment."),
        *(10, 15, "13:30", 390, "gym", "0.0000", ("adults", "free")),
    ),
    Feast(
        Text("Halloween à la piscine", "Halloween at the pool"),
        Text("Baignade costumée.", "A swim in costume."),
        *(10, 30, "18:00", 120, "shallow", "6.0000", ("family",)),
    ),
    Feast(
        Text("Marché de Noël des artisans", "Artisans' Christmas market"),
        Text("Trente artisans de la région.", "Thirty local artisans."),
        *(11, 28, "", 0, "centre", "0.0000", ("family", "free")),
    ),
    Feast(
        Text("Souper des bénévoles", "Volunteers' dinner"),
        Text("Pour dire merci.", "To say thank you."),
        *(5, 8, "18:00", 240, "centre", "0.0000", ("adults",)),
    ),
)

FOREST = Offer(
    number=8008,
    slug="forest-explorers",
    name=Text("Explorateurs de la forêt", "Forest Explorers"),
    zone="America/Toronto",
    windows_zone="Eastern Standard Time",
    account=Account(username="demo@example.org", password="forest-demo"),  # noqa: S106  # opens only this
    sites=_SITES,
    tags=_TAGS,
    courses=COURSES,
    feasts=_FEASTS,
    feast_family=Text("Événements spéciaux", "Special events"),
)
