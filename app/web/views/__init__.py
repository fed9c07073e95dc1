"""What pages and widgets show of a selection: agenda, month, week, and columns by place.

Pure: a ``Scope`` (a catalogue, what was selected of it, the days it covers) and a day go in, values of
finished texts come out, which the macros in ``templates/views`` draw. "Today" is the catalogue's day, never a
clock's.
"""
