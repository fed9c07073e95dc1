"""The doctor: what is examined of a set-up, part by part, and what each finding means.

    rounds      the order of things; one broken part does not stop the others
    overheard   what passes between the service and Amilia while it refreshes
    upstream    credentials, permissions, zone, languages, change notices
    storage     the store's room and safety
    visits      requests to the public address, as calendars and browsers make them
    address     what the answers to these say of what stands in between
    clocks      whether this host's clock is right

What is published, and how, is judged by ``feeds.checkup``.
"""
