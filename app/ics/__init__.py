"""Everything iCalendar: an event becomes the bytes of a VEVENT, a selection of them a feed."""
