"""How fast the service is, each figure against a yardstick in the same run: ``make bench``.

data, amilia       the same events in every run, and an imitation of the API that answers from them
naive, bare,       the yardsticks: icalendar as its documentation shows it, servers that do the least
plain, nginx, …
pipeline, service  ours: the parts joined without network, and the real server in a process of its own
render, hot, …     one module for each group of figures; ``suite`` lists them
figures, report    what is to be reached, what was measured, and the tables
"""
