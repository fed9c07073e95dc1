"""Everything Amilia: nothing above this package sees the API's JSON."""
