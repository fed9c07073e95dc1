"""The words of the desk, in both languages."""

from app.simulator.model import Lang, Text

_WORDS = {
    "title": Text("Simulateur de l'API Amilia", "Amilia API simulator"),
    "intro": Text(
        "Le bureau d'un centre imaginaire : ce que vous changez ici se voit aussitôt dans l'API V3.",
        "The desk of an imaginary centre: what you change here, the V3 API answers at once.",
    ),
    "skip": Text("Aller aux événements", "Skip to the events"),
    "organization": Text("Organisation", "Organization"),
    "events": Text("Événements à venir", "Coming events"),
    "none": Text("Aucun événement ne correspond.", "No event matches."),
    "from": Text("À partir du", "From"),
    "search": Text("Titre contenant", "Title contains"),
    "show": Text("Afficher", "Show"),
    "earlier": Text("Début de la liste", "Start of the list"),
    "later": Text("Plus loin", "Further on"),
    "all_day": Text("Toute la journée", "All day"),
    "until": Text("jusqu'au", "until"),
    "cancel": Text("Annuler", "Cancel"),
    "restore": Text("Rétablir", "Restore"),
    "plus_hour": Text("+ 1 h", "+ 1 h"),
    "plus_day": Text("+ 1 jour", "+ 1 day"),
    "more": Text("Plus", "More"),
    "move_to": Text("Déplacer au", "Move to"),
    "move": Text("Déplacer", "Move"),
    "new_title": Text("Nouveau titre", "New title"),
    "rename": Text("Renommer", "Rename"),
    "remove": Text("Supprimer", "Remove"),
    "add": Text("Ajouter un événement", "Add an event"),
    "add_button": Text("Ajouter", "Add"),
    "name": Text("Titre", "Title"),
    "start": Text("Début", "Start"),
    "minutes": Text("Durée (minutes)", "Length (minutes)"),
    "place": Text("Lieu", "Place"),
    "no_place": Text("Aucun", "None"),
    "program": Text("Programme", "Programme"),
    "faults": Text("Pannes", "Faults"),
    "no_faults": Text("Aucune panne : l'API se porte bien.", "No fault: the API is well."),
    "fault_kind": Text("Panne", "Fault"),
    "fault_value": Text("Valeur", "Value"),
    "fault_path": Text("Chemin contenant", "Path contains"),
    "fault_count": Text("Nombre de fois", "How many times"),
    "switch_on": Text("Activer", "Switch on"),
    "switch_off": Text("Désactiver", "Switch off"),
    "switch_all_off": Text("Tout désactiver", "Switch all off"),
    "calls": Text("Derniers appels", "Latest calls"),
    "no_calls": Text("Aucun appel encore.", "No call yet."),
    "access": Text("Accès", "Access"),
    "username": Text("Nom d'utilisateur", "User name"),
    "password": Text("Mot de passe", "Password"),
    "api_key": Text("Clé d'API", "API key"),
    "api_secret": Text("Secret d'API", "API secret"),
    "hidden": Text("Masqué", "Hidden"),
    "done_cancel": Text("L'événement est annulé.", "The event is cancelled."),
    "done_restore": Text("L'événement est rétabli.", "The event is restored."),
    "done_later": Text("L'événement est déplacé.", "The event is moved."),
    "done_move": Text("L'événement est déplacé.", "The event is moved."),
    "done_rename": Text("L'événement est renommé.", "The event is renamed."),
    "done_remove": Text("L'événement est supprimé.", "The event is removed."),
    "done_add": Text("L'événement est ajouté.", "The event is added."),
    "done_fault": Text("Les pannes sont changées.", "The faults are changed."),
    "bad_event": Text("Cet événement n'existe plus.", "This event no longer exists."),
    "bad_edit": Text(
        "Cela n'est pas possible : vérifiez le titre, la date et les nombres.",
        "This is not possible: check the title, the date and the numbers.",
    ),
    "state_Normal": Text("Prévu", "Planned"),
    "state_Moved": Text("Reporté", "Rescheduled"),
    "state_Cancelled": Text("Annulé", "Cancelled"),
    "state_Skipped": Text("Omis", "Skipped"),
    "state_Replaced": Text("Remplacé", "Replaced"),
    "state_Archived": Text("Archivé", "Archived"),
}


def word(key: str, lang: Lang) -> str:
    """The words behind a key; a state that nobody knows is shown as it is. Raises KeyError."""
    if key.startswith("state_") and key not in _WORDS:
        return key.removeprefix("state_")
    return _WORDS[key].of(lang)


def known(key: str) -> bool:
    return key in _WORDS
