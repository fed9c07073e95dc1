"""Awkward titles: what people type, paste and import into the field for a name."""

import unicodedata

from app.simulator.awkward.bench import Bench, Case
from app.simulator.model import Event, Text, same


def title_of_a_hundred_characters(bench: Bench) -> tuple[Event, ...]:
    """As long as the back office lets a title be; imports know no limit."""
    fr = "Atelier de création littéraire pour les jeunes (12-17 ans) : "
    en = "Creative writing workshop for young people from 12 to 17: "
    fr += "lire, écrire, relire, publier en équipe"
    en += "read, write, revise and publish as a group"
    return (bench.event(Text(fr, en)),)


def title_as_long_as_a_description(bench: Bench) -> tuple[Event, ...]:
    fr = "Matériel à apporter : crayons, gomme, carnet, tablier et un goûter sans arachides. " * 20
    en = "What to bring: pencils, rubber, notebook, apron and a snack without peanuts. " * 20
    return (bench.event(Text("Dessin – " + fr, "Drawing – " + en)),)


def title_of_one_long_word(bench: Bench) -> tuple[Event, ...]:
    return (bench.event("Défi" + "é" * 300),)


def title_with_emoji(bench: Bench) -> tuple[Event, ...]:
    family = "👨\u200d👩\u200d👧\u200d👦"
    return (bench.event(Text(f"🎃 Bal costumé {family} 🇨🇦", f"🎃 Costume ball {family} 🇨🇦")),)


def title_cut_inside_an_emoji(bench: Bench) -> tuple[Event, ...]:
    """A title cut at a number of UTF-16 units loses half an emoji, which .NET sends as U+FFFD."""
    return (bench.event(Text("Atelier de cerf-volant \ufffd", "Kite workshop \ufffd")),)


def title_from_right_to_left(bench: Bench) -> tuple[Event, ...]:
    return (
        bench.event(Text("سباحة للعائلات – bain familial", "سباحة للعائلات – family swim")),
        bench.event("\u202bקריאה לילדים\u202c 10:30"),  # noqa: RUF001  # Hebrew is meant
    )


def title_with_combining_characters(bench: Bench) -> tuple[Event, ...]:
    fr, en = "Théâtre d'été à l'île", "Théâtre d'été (in French)"
    return (bench.event(Text(unicodedata.normalize("NFD", fr), unicodedata.normalize("NFD", en))),)


def title_with_commas_semicolons_and_backslashes(bench: Bench) -> tuple[Event, ...]:
    return (
        bench.event(
            Text("Couture; tricot, broderie: tout niveau", "Sewing; knitting, embroidery: all levels")
        ),
        bench.event(
            Text(
                r"Informatique : C:\New, D:\photos; sauvegardes \\nas",
                r"Computers: C:\New, D:\photos; backups \\nas",
            )
        ),
    )


def title_with_line_breaks(bench: Bench) -> tuple[Event, ...]:
    return (
        bench.event(Text("Visite guidée\nPoint de rencontre : entrée B", "Guided tour\nMeet at door B")),
        bench.event(
            Text("Assemblée générale\r\nOrdre du jour\r\n\r\nVarié", "General meeting\r\nAgenda\r\n\r\nMisc.")
        ),
    )


def title_that_looks_like_a_calendar(bench: Bench) -> tuple[Event, ...]:
    return (bench.event("Club\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Injected"),)


def title_with_quotes(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("« L'Heure bleue » : film d'auteur", "\"The Blue Hour\": an 'auteur' film")),)


def title_with_entities_and_tags(bench: Bench) -> tuple[Event, ...]:
    return (
        bench.event(Text("Danse &amp; mouvement <b>nouveau</b>", "Dance &amp; movement <b>new</b>")),
        bench.event(Text("Th&eacute;&nbsp;dansant &#39;55+&#39;", "Tea&nbsp;dance &#39;55+&#39;")),
        bench.event("<script>alert('title')</script> Robotique"),
    )


def title_with_blanks_around(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("  Méditation guidée \t ", "MLK_Guided meditation ")),)


def title_with_a_suffix(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Mosaïque | Été 2026 :red", "Mosaics | Summer 2026 :#ff0000")),)


def title_with_control_characters(bench: Bench) -> tuple[Event, ...]:
    return (
        bench.event("Photo\x00graphie\x07 num\x1bérique"),
        bench.event(Text("Généalogie\u2028avancée\x0b\ufeff", "Advanced\u2028genealogy\x0b\ufeff")),
        bench.event("Bri\u200bdge\u00a0du\u00admardi\x7f\x85"),
    )


def title_of_blanks_only(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(" \u00a0 "),)


def title_empty_in_one_language(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Origami", "")),)


def title_null(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Sans titre", "Untitled"), wire={"Title": "null"}),)


def description_of_html(bench: Bench) -> tuple[Event, ...]:
    fr = (
        '<p style="color:red">Apportez&nbsp;:</p>\n<ul><li>un tablier</li><li>l&#39;horaire</li></ul>'
        '<p><a href="javascript:alert(1)">Plan</a> &amp; <a href="https://example.org/menu">menu</a></p>'
    )
    en = (
        '<p style="color:red">Bring&nbsp;:</p>\n<ul><li>an apron</li><li>snack money</li></ul>'
        '<p><a href="javascript:alert(1)">Map</a> &amp; <a href="https://example.org/menu">menu</a></p>'
    )
    return (
        bench.event(bench.variation(Text("Cuisine du monde", "World cooking"), description=Text(fr, en))),
    )


def name_with_trailing_blanks(bench: Bench) -> tuple[Event, ...]:
    program = bench.add_program(Text("Ateliers ponctuels ", "One-off workshops  "))
    return (bench.event(bench.variation(same("Macramé "), program=program)),)


CASES: tuple[Case, ...] = (
    title_of_a_hundred_characters,
    title_as_long_as_a_description,
    title_of_one_long_word,
    title_with_emoji,
    title_cut_inside_an_emoji,
    title_from_right_to_left,
    title_with_combining_characters,
    title_with_commas_semicolons_and_backslashes,
    title_with_line_breaks,
    title_that_looks_like_a_calendar,
    title_with_quotes,
    title_with_entities_and_tags,
    title_with_blanks_around,
    title_with_a_suffix,
    title_with_control_characters,
    title_of_blanks_only,
    title_empty_in_one_language,
    title_null,
    description_of_html,
    name_with_trailing_blanks,
)
